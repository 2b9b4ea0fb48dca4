import type { CivilDate, Money, Scan, Shipment } from "../../core/model.ts";
import type { DeliveryStatus } from "../codes.ts";
import type { Tracking } from "./tracking.ts";

/** A label that was bought for an order, with what FedEx says of its pieces. */
export interface TrackedLabel {
  /** Its CUSTOMER_REFERENCE. */
  reference: string;
  master: string;
  service?: string | undefined;
  shipDate: CivilDate;
  charge?: Money | undefined;
  /** By FedEx's type. */
  references: Readonly<Record<string, string>>;
  state: "live" | "void" | "noLabel";
  /** So old that it is asked for no more. */
  isTooOld: boolean;
  pieces: { trackingNumber: string; tracking?: Tracking | undefined }[];
}

/** All labels of an order. */
export interface OrderLabels {
  /** The order's number, for people. */
  number: string;
  /** Days after which a parcel is asked for no more. */
  maxDays: number;
  labels: readonly TrackedLabel[];
}

/** The order's shipments, one for each label, void ones first. They are final together. Pure. */
export function shipmentsFromFedEx({ number, maxDays, labels }: OrderLabels): Shipment[] {
  const shipments = labels.map((label) => shipmentFrom(label, number, maxDays));
  const final = shipments.every((shipment) => shipment.final);
  return shipments
    .sort((left, right) => Number(right.isVoided) - Number(left.isVoided))
    .map((shipment) => ({ ...shipment, final }));
}

function shipmentFrom(label: TrackedLabel, number: string, maxDays: number): Shipment {
  const { master, reference, service, shipDate, charge, state, pieces, isTooOld } = label;
  const isVoided = state === "void";
  const tracked = isVoided ? {} : trackedOf(label);
  const { deliveryStatus: status, receivedBy } = tracked;
  const incidents = isVoided ? [] : incidentsOf(label, maxDays, status);
  return {
    id: master,
    number,
    orderKey: reference,
    orderNumber: number,
    final: isVoided || isTooOld || status === "delivered" || status === "returned",
    personal: receivedBy === undefined ? [] : [receivedBy],
    carrier: "fedex",
    carrierName: "FedEx",
    ...(service === undefined ? {} : { service }),
    shipDate,
    isVoided,
    isReturn: false,
    ...(charge === undefined ? {} : { cost: charge }),
    packages: pieces.map(({ trackingNumber }) => ({ trackingNumber })),
    references: Object.entries(label.references).map(([type, value]) => ({ type, value })),
    lines: [],
    ...tracked,
    ...(state === "noLabel"
      ? { remarks: [`the label of ${master} is lost; FedEx gives none of a shipment it has`] }
      : {}),
    ...(incidents.length === 0 ? {} : { incidents }),
  };
}

type Followed = Pick<Shipment, "deliveryStatus" | "deliveredAt" | "receivedBy" | "isStatusUnknown" | "scans">;

function trackedOf({ pieces }: TrackedLabel): Followed {
  const scans = scansIn(pieces);
  const trackings = pieces.map(({ tracking }) => tracking);
  const status = statusOf(trackings);
  if (status === undefined) return { isStatusUnknown: true, ...scans };
  if (status !== "delivered") return { deliveryStatus: status, ...scans };
  const deliveredAt = trackings
    .flatMap((tracking) => tracking?.deliveredAt ?? [])
    .sort()
    .at(-1);
  const receivers = new Set(trackings.flatMap((tracking) => tracking?.receivedBy ?? []));
  return {
    deliveryStatus: status,
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(receivers.size === 0 ? {} : { receivedBy: [...receivers].join(", ") }),
    ...scans,
  };
}

/** A shipment is as far as the piece that is in trouble, else as its last piece. */
const leastFirst: readonly DeliveryStatus[] = [
  "exception",
  "on hold",
  "returning",
  "returned",
  "cancelled",
  "label created",
  "picked up",
  "in transit",
  "out for delivery",
  "delivered",
];

/** Undefined where a piece could not be asked for, or FedEx tells nothing of any. */
function statusOf(trackings: readonly (Tracking | undefined)[]): DeliveryStatus | undefined {
  if (trackings.some((tracking) => tracking === undefined || tracking.error)) return undefined;
  const told = new Set(trackings.flatMap((tracking) => tracking?.status ?? []));
  const status = leastFirst.find((one) => told.has(one));
  const isWhole = trackings.every((tracking) => tracking?.status !== undefined);
  // A piece that FedEx tells nothing of has arrived nowhere.
  return !isWhole && (status === "delivered" || status === "returned") ? "in transit" : status;
}

function scansIn(pieces: TrackedLabel["pieces"]): { scans?: Scan[] } {
  const all = pieces.flatMap(({ trackingNumber, tracking }) =>
    (tracking?.scans ?? []).map(({ id, at, local, text, exception, place }): Scan => {
      const words = exception === undefined || exception === text ? text : `${text}: ${exception}`;
      return {
        id: `${trackingNumber} ${id}`,
        trackingNumber,
        at: at ?? local,
        text: words,
        ...(place === "" ? {} : { place }),
      };
    }),
  );
  // Each piece's own order stands: a scan without an offset cannot be told before or after one of another piece.
  return all.length === 0 ? {} : { scans: all };
}

function incidentsOf({ master, pieces, isTooOld }: TrackedLabel, maxDays: number, status?: string): string[] {
  const told = pieces.flatMap(({ trackingNumber, tracking }) => {
    const { reasons = [], error } = tracking ?? {};
    const failed = error
      ? [`FedEx tells nothing of it: ${[error.code, error.message].filter(Boolean).join(": ")}`]
      : [];
    return [...reasons, ...failed].map((reason) => `${trackingNumber}: ${reason}`);
  });
  const isOver = status === "delivered" || status === "returned";
  const cancelled = `${master}: FedEx has it as cancelled; \`mlc labels void ${master}\` withdraws it`;
  const late = `${master}: not delivered after ${maxDays} days, so it is followed no more`;
  return [
    ...new Set([...told, ...(status === "cancelled" ? [cancelled] : []), ...(isTooOld && !isOver ? [late] : [])]),
  ];
}
