/** The code of an error of what waits while orders wait for it: `status` tells it first. */
export const holdsUpOrders = "HoldsUpOrders";

const mostListed = 10;

/** Orders by their numbers: `order 1001`, `orders 1001, 1002`, `orders 1001, … and 3 more`. Pure. */
export function ordersText(numbers: readonly string[]): string {
  const more = numbers.length > mostListed ? ` and ${numbers.length - mostListed} more` : "";
  return `${numbers.length === 1 ? "order" : "orders"} ${numbers.slice(0, mostListed).join(", ")}${more}`;
}
