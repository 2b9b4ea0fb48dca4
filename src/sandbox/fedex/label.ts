/** Labels as FedEx draws them: a small valid file of each image type. */

import { deflateSync } from "node:zlib";

/** The bytes of a label in base64; ZPL and EPL are plain text once decoded (FedEx, 2.4). */
export function labelOf(imageType: string, lines: readonly string[]): string {
  switch (imageType) {
    case "PDF":
      return pdfOf(lines).toString("base64");
    case "PNG":
      return pngOf(lines).toString("base64");
    case "ZPLII": {
      const fields = lines.map((line, index) => `^FO30,${40 + index * 40}^A0N,30,30^FD${line}^FS`);
      return Buffer.from(`^XA\n${fields.join("\n")}\n^XZ\n`).toString("base64");
    }
    default: {
      const fields = lines.map((line, index) => `A30,${40 + index * 40},0,3,1,1,N,"${line.replaceAll('"', "'")}"`);
      return Buffer.from(`N\n${fields.join("\n")}\nP1\n`).toString("base64");
    }
  }
}

/** A page of 4 by 6 inches with the lines on it. */
export function pdfOf(lines: readonly string[]): Buffer {
  const shown = lines.map((line) => `(${line.replace(/[\\()]/g, "\\$&").replace(/[^\x20-\x7e]/g, "?")}) Tj T*`);
  const stream = `BT /F1 12 Tf 16 TL 24 400 Td\n${shown.join("\n")}\nET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 288 432] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const start = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join("")}`;
  return Buffer.from(`${text}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`);
}

/** A small picture of bars that depend on the text, with the text beside them in the file. */
function pngOf(lines: readonly string[]): Buffer {
  const text = Buffer.from(lines.join("\n").replace(/[^\x20-\x7e\n]/g, "?"));
  const [width, height] = [8 * text.length, 16];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // One bit a pixel, grey; the bits of the text are the bars.
  header[8] = 1;
  const row = Buffer.concat([Buffer.from([0]), text]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("tEXt", Buffer.concat([Buffer.from("Comment\0"), text])),
    chunk("IDAT", deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Node's own came with 20.15. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
