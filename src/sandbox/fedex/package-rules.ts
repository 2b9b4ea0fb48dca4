/** What is refused of package lines (FedEx, 2.3 and 2.5). */

import { referenceLimit } from "./catalogue.ts";
import type { LineInput, ShipmentInput } from "./input.ts";
import { invalidInput, type Problem } from "./replies.ts";
import type { FedExSwitches } from "./switches.ts";

/** What the lines are judged by. */
export interface PackageContext {
  switches: FedExSwitches;
  isGround: boolean;
  isFreight: boolean;
  isAsynchronous: boolean;
}

/** How many packages the lines come to. */
export function packageCount({ requestedPackageLineItems = [] }: ShipmentInput): number {
  return requestedPackageLineItems.reduce((sum, { groupPackageCount = 1 }) => sum + groupPackageCount, 0);
}

/** Whether a number has at most two decimals, as weights and money must (FedEx, 1.4). */
export function hasTwoDecimals(value: number): boolean {
  return Math.abs(value * 100 - Math.round(value * 100)) < 1e-6;
}

/** Everything that is wrong with the package lines. */
export function packageProblems(shipment: ShipmentInput, context: PackageContext): Problem[] {
  const { requestedPackageLineItems: lines = [] } = shipment;
  const field = "requestedShipment.requestedPackageLineItems";
  if (lines.length === 0) return [invalidInput(field, "A package line is required.")];
  if (lines.length > 30) return [invalidInput(field, "At most 30 package lines.")];
  const most = context.isAsynchronous ? 300 : 40;
  if (packageCount(shipment) > most)
    return [
      invalidInput(field, `At most ${most} packages in one ${context.isAsynchronous ? "" : "synchronous "}call.`),
    ];
  const units = new Set(lines.map(({ weight }) => weight?.units));
  return [
    ...(units.size > 1 ? [weightProblem("All packages are weighed in one unit.")] : []),
    ...lines.flatMap((line) => lineProblems(line, field, context)),
  ];
}

const weightProblem = (message: string): Problem => ({ code: "PACKAGE.WEIGHT.INVALID", message });

function lineProblems(line: LineInput, field: string, context: PackageContext): Problem[] {
  const { groupPackageCount = 1 } = line;
  return [
    ...weightProblems(line, context),
    ...dimensionProblems(line, field, context),
    ...referenceProblems(line, field, context),
    ...(Number.isInteger(groupPackageCount) && groupPackageCount >= 1
      ? []
      : [invalidInput(`${field}.groupPackageCount`, "A whole number from 1 on.")]),
  ];
}

function weightProblems({ weight: { units, value = 0 } = {} }: LineInput, { isFreight }: PackageContext): Problem[] {
  if (units !== "LB" && units !== "KG") return [weightProblem("The unit of a weight is LB or KG.")];
  if (!(value > 0) || !hasTwoDecimals(value))
    return [weightProblem("A weight is above 0 and has at most two decimals.")];
  const pounds = units === "LB" ? value : value * 2.20462;
  return pounds > 150 && !isFreight
    ? [{ code: "MAXIMUMWEIGHT.TYPE.ERROR", message: "The package is too heavy for the service." }]
    : [];
}

function dimensionProblems({ dimensions }: LineInput, field: string, context: PackageContext): Problem[] {
  if (!dimensions)
    return context.switches.dimensions === "required" || context.isFreight
      ? [invalidInput(`${field}.dimensions`, "Own packaging needs dimensions.")]
      : [];
  const { length = 0, width = 0, height = 0 } = dimensions;
  const sides = [length, width, height];
  if (sides.some((side) => !Number.isInteger(side) || side < 1))
    return [invalidInput(`${field}.dimensions`, "All three are whole numbers from 1 to 999.")];
  return sides.some((side) => side > 999)
    ? [{ code: "DIMENSIONS.EXCEEDS.LIMITS", message: "A dimension is above 999." }]
    : [];
}

function referenceProblems({ customerReferences = [] }: LineInput, field: string, context: PackageContext): Problem[] {
  return customerReferences.flatMap(({ customerReferenceType: type = "", value = "" }) => {
    const limit = referenceLimit(type, context.isGround);
    const name = `${field}.customerReferences.${type}`;
    if (limit === undefined) return [invalidInput(name, "There is no such type of reference.")];
    return value === "" || value.length > limit ? [invalidInput(name, `1 to ${limit} characters.`)] : [];
  });
}
