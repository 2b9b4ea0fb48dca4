import type { Settings } from "../../core/config.ts";
import { valueAt } from "../../core/config.ts";
import type { Question } from "../kinds.ts";

const mode = (path: string, wanted: string) => (settings: Settings) => valueAt(settings, [path, "mode"]) === wanted;

/** What a person is asked for of a pair whose shipper tells its stock and its charges. */
export const stockQuestions: Question[] = [
  {
    path: "inventory.mode",
    label: "What becomes of the shipper's stock in F&O",
    names: {
      none: "nothing: the differences are only reported, and F&O is not changed",
      inventoryVisibility: "set in the Inventory Visibility add-in; F&O's own stock is not changed",
      countingJournal: "a counting journal for each warehouse that a person posts: that changes the books",
      customEntity: "rows of an entity of your own, described with --set inventory.customEntity…",
    },
  },
  {
    path: "inventory.countingJournal.journalName",
    label: "Name of the counting journal in F&O",
    when: mode("inventory", "countingJournal"),
  },
  {
    path: "inventory.inventoryVisibility.url",
    label: "Address of the Inventory Visibility service",
    when: mode("inventory", "inventoryVisibility"),
  },
  {
    path: "inventory.inventoryVisibility.environmentId",
    label: "Id of the environment, as the add-in's page shows it",
    when: mode("inventory", "inventoryVisibility"),
  },
  {
    path: "charges.mode",
    label: "What becomes of the shipper's charges in F&O",
    names: {
      none: "nothing: `mlc charges` reports them",
      headerField: "their sum in a field of the order header",
      orderLine: "a line of a service item on the order",
      customEntity: "rows of an entity of your own, described with --set charges.customEntity…",
    },
  },
  {
    path: "charges.headerField.amount",
    label: "Field of the order header for the sum",
    when: mode("charges", "headerField"),
  },
  { path: "charges.orderLine.item", label: "Service item of the line", when: mode("charges", "orderLine") },
];
