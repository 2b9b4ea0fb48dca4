/** The entity sets that hang on released products: names, variants, barcodes, categories (F&O, 5.1, 5.2a). */

import { of } from "../odata/columns.ts";
import { type EntitySet, readOnly, text } from "./types.ts";

/** A set that hangs on released products. */
export type ProductSet =
  | "ProductsV2"
  | "ReleasedProductVariantsV2"
  | "ProductBarcodesV3"
  | "ProductCategoryAssignments";

const company = of(readOnly(text), "dataAreaId");
const variantIds = ["ProductConfigurationId", "ProductSizeId", "ProductColorId", "ProductStyleId", "ProductVersionId"];

/** The sets that hang on released products. */
export const productSets: readonly (EntitySet & { name: ProductSet })[] = [
  {
    // The same in all companies.
    name: "ProductsV2",
    type: "ProductV2",
    key: ["ProductNumber"],
    properties: of(text, "ProductNumber ProductName ProductDescription"),
  },
  {
    name: "ReleasedProductVariantsV2",
    type: "ReleasedProductVariantV2",
    key: ["dataAreaId", "ProductMasterNumber", ...variantIds],
    properties: { ...company, ...of(text, `ProductMasterNumber ${variantIds.join(" ")} ProductName`) },
  },
  {
    name: "ProductBarcodesV3",
    type: "ProductBarcodeV3",
    key: ["dataAreaId", "BarcodeSetupId", "ItemNumber", "ProductQuantityUnitSymbol", "Barcode", ...variantIds],
    properties: {
      ...company,
      ...of(text, `BarcodeSetupId ItemNumber Barcode ProductQuantityUnitSymbol ${variantIds.join(" ")}`),
    },
  },
  {
    name: "ProductCategoryAssignments",
    type: "ProductCategoryAssignment",
    key: ["ProductNumber", "ProductCategoryName", "ProductCategoryHierarchyName"],
    properties: of(text, "ProductNumber ProductCategoryName ProductCategoryHierarchyName"),
  },
];
