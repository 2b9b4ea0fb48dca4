/** The entity sets that the simulated F&O publishes, with all fields of the sheet (F&O, 3.2, 3.3, 4.1, 5). */

import { of } from "../odata/columns.ts";
import { productSets } from "./product-entities.ts";
import { stockSets } from "./stock.ts";
import { date, decimal, type EntitySet, integer, moment, noYes, type Property, readOnly, text } from "./types.ts";

type Properties = Record<string, Property>;

const addressBlock = of(
  text,
  `DeliveryAddressName DeliveryAddressStreet DeliveryAddressStreetNumber DeliveryBuildingCompliment DeliveryAddressCity
   DeliveryAddressStateId DeliveryAddressZipCode DeliveryAddressCountyId DeliveryAddressCountryRegionId
   DeliveryAddressCountryRegionISOCode DeliveryAddressPostBox`,
);

const header: Properties = {
  ...of(readOnly(text), "dataAreaId SalesOrderNumber"),
  ...of(text, "SalesOrderName"),
  SalesOrderStatus: readOnly({ type: "SalesStatus" }),
  SalesOrderProcessingStatus: readOnly({ type: "SalesOrderProcessingStatus" }),
  ...of(noYes, "IsSalesProcessingStopped"),
  ...of(text, "OrderingCustomerAccountNumber InvoiceCustomerAccountNumber ContactPersonId Email"),
  ...of(text, "CustomerRequisitionNumber CustomersOrderReference SalesOrderOriginCode SalesOrderPoolId"),
  ...of(readOnly(moment), "OrderCreationDateTime"),
  ...of(date, "RequestedShippingDate ConfirmedShippingDate RequestedReceiptDate ConfirmedReceiptDate"),
  ...of(
    text,
    `DeliveryModeCode DeliveryTermsCode ShippingCarrierId ShippingCarrierServiceId ShippingCarrierServiceGroupId
     ShippingCarrierCustomerAccountNumber DefaultShippingSiteId DefaultShippingWarehouseId`,
  ),
  ...addressBlock,
  ...of(readOnly(text), "FormattedDelveryAddress"),
  ...of(noYes, "IsDeliveryAddressOrderSpecific IsDeliveryAddressPrivate"),
  DeliveryAddressTimeZone: { type: "Timezone", nullable: true },
  ...of(text, "CurrencyCode"),
  ...of(readOnly(decimal), "OrderTotalAmount OrderTotalChargesAmount OrderTotalDiscountAmount OrderTotalTaxAmount"),
  ...of(readOnly(noYes), "AreTotalsCalculated"),
  ...of(text, "PaymentTermsName URL"),
};

const line: Properties = {
  ...of(readOnly(text), "dataAreaId InventoryLotId SalesOrderNumber"),
  ...of(readOnly(decimal), "LineNumber"),
  ...of(readOnly(integer), "LineCreationSequenceNumber"),
  ...of(readOnly(text), "ItemNumber"),
  ...of(
    text,
    `LineDescription ProductConfigurationId ProductColorId ProductSizeId ProductStyleId ProductVersionId
     ExternalItemNumber ItemBatchNumber ItemSerialNumber`,
  ),
  ...of(decimal, "OrderedSalesQuantity SalesDeliverNow"),
  ...of(text, "SalesUnitSymbol"),
  ...of(decimal, "SalesPrice SalesPriceQuantity LineDiscountAmount LineDiscountPercentage"),
  ...of(readOnly(decimal), "LineAmount"),
  SalesOrderLineStatus: readOnly({ type: "SalesStatus" }),
  ...of(noYes, "IsLineStopped"),
  ...of(text, "ShippingSiteId ShippingWarehouseId DeliveryModeCode DeliveryTermsId"),
  ...of(date, "RequestedShippingDate ConfirmedShippingDate"),
  ...addressBlock,
  ...of(noYes, "IsDeliveryAddressOrderSpecific"),
};

const company = of(readOnly(text), "dataAreaId");

/** A custom field that a customer's extension put on the order header. */
export type CustomFields = Readonly<Record<string, Property>>;

function headerSets(custom: CustomFields): EntitySet[] {
  const shared = { key: ["dataAreaId", "SalesOrderNumber"], navigation: { SalesOrderLines: "SalesOrderLines" } };
  return [
    {
      ...shared,
      name: "SalesOrderHeadersV2",
      type: "SalesOrderHeaderV2",
      properties: { ...header, ...custom },
      editable: true,
    },
    {
      ...shared,
      name: "SalesOrderHeadersV3",
      type: "SalesOrderHeaderV3",
      properties: {
        ...header,
        ...of(text, "RetailChannelTable"),
        ...of(noYes, "ExcludeFromMasterPlanning"),
        ...custom,
      },
      editable: true,
    },
  ];
}

const documents: EntitySet[] = [
  {
    name: "SalesOrderLines",
    type: "SalesOrderLine",
    key: ["dataAreaId", "InventoryLotId"],
    properties: line,
    insertable: true,
    givenOnce: ["dataAreaId", "SalesOrderNumber", "ItemNumber"],
    editable: true,
  },
  {
    name: "SalesTableBiEntities",
    type: "SalesTableBiEntity",
    key: ["dataAreaId", "SalesId"],
    properties: {
      ...company,
      ...of(text, "SalesId Phone"),
      SalesStatus: { type: "SalesStatus" },
      DocumentStatus: { type: "DocumentStatus" },
      ReleaseStatus: { type: "WHSReleaseStatus" },
      ...of(moment, "SysModifiedDateTime"),
    },
  },
  {
    name: "SalesLineBiEntities",
    type: "SalesLineBiEntity",
    key: ["dataAreaId", "SalesId", "LineCreationSequenceNumber"],
    properties: {
      ...company,
      ...of(text, "SalesId"),
      ...of(integer, "LineCreationSequenceNumber"),
      ...of(text, "InventTransId ItemId"),
      ...of(decimal, "LineNum SalesQty RemainSalesPhysical RemainInventPhysical"),
      SalesStatus: { type: "SalesStatus" },
    },
  },
  {
    name: "CustPackingSlipJourBiEntities",
    type: "CustPackingSlipJourBiEntity",
    key: ["dataAreaId", "SourceDocumentHeader"],
    properties: {
      ...company,
      SourceDocumentHeader: { type: "Edm.Int64" },
      ...of(text, "SalesId PackingSlipId"),
      ...of(date, "DeliveryDate"),
    },
  },
  {
    name: "PackingSlipTrackingInformation",
    type: "PackingSlipTrackingInformation",
    key: ["dataAreaId", "SalesOrderNumber", "PackingSlipNumber", "DeliveryDate", "TrackingNumber"],
    properties: {
      ...of(text, "dataAreaId SalesOrderNumber PackingSlipNumber"),
      ...of(date, "DeliveryDate"),
      ...of(text, "TrackingNumber TrackingURL"),
    },
    insertable: true,
    deletable: true,
  },
  {
    name: "SalesOrderHeaderDocumentAttachmentsV2",
    type: "SalesOrderHeaderDocumentAttachmentV2",
    key: ["dataAreaId", "DocumentId"],
    properties: {
      ...of(text, "dataAreaId"),
      DocumentId: readOnly({ type: "Edm.Guid" }),
      ...of(text, "SalesOrderNumber DocumentAttachmentTypeCode AttachmentDescription Notes FileName FileType"),
      Attachment: { type: "Edm.Binary" },
      AccessRestriction: { type: "DocuRestriction" },
    },
    insertable: true,
    deletable: true,
  },
  {
    name: "SalesInvoiceHeadersV2",
    type: "SalesInvoiceHeaderV2",
    key: ["dataAreaId", "InvoiceNumber", "InvoiceDate", "LedgerVoucher"],
    properties: {
      ...company,
      ...of(text, "InvoiceNumber LedgerVoucher SalesOrderNumber"),
      ...of(date, "InvoiceDate"),
    },
  },
];

const masterData: EntitySet[] = [
  {
    name: "CustomersV3",
    type: "CustomerV3",
    key: ["dataAreaId", "CustomerAccount"],
    properties: {
      ...company,
      ...of(
        text,
        `CustomerAccount OrganizationName PersonFirstName PersonLastName NameAlias PrimaryContactEmail
         PrimaryContactPhone AddressStreet AddressCity AddressState AddressZipCode AddressCountryRegionId
         AddressCountryRegionISOCode DeliveryAddressStreet DeliveryAddressCity DeliveryAddressState
         DeliveryAddressZipCode DeliveryAddressCountryRegionId DeliveryMode DeliveryTerms SalesCurrencyCode
         CustomerGroupId LanguageId`,
      ),
    },
  },
  {
    name: "ReleasedProductsV2",
    type: "ReleasedProductV2",
    key: ["dataAreaId", "ItemNumber"],
    properties: {
      ...company,
      ...of(text, "ItemNumber ProductNumber SearchName ProductSearchName"),
      ProductType: { type: "EcoResProductType" },
      ...of(text, "ProductLifecycleStateId"),
      ...of(
        decimal,
        `NetProductWeight TareProductWeight GrossDepth GrossProductWidth GrossProductHeight ProductVolume
         SalesPrice SalesPriceQuantity UnitCost`,
      ),
      ...of(text, "SalesUnitSymbol InventoryUnitSymbol PurchaseUnitSymbol OriginCountryRegionId OriginStateId"),
      ...of(text, "IntrastatCommodityCode HSNCode"),
    },
  },
  ...productSets,
  {
    name: "UnitsOfMeasure",
    type: "UnitOfMeasure",
    key: ["UnitSymbol"],
    properties: { ...of(text, "UnitSymbol"), UnitClass: { type: "UnitOfMeasureClass" }, ...of(noYes, "IsSystemUnit") },
  },
  {
    name: "DeliveryModesV2",
    type: "DeliveryModeV2",
    key: ["dataAreaId", "ModeCode"],
    properties: { ...company, ...of(text, "ModeCode ModeDescription") },
  },
  {
    name: "Warehouses",
    type: "Warehouse",
    key: ["dataAreaId", "WarehouseId"],
    properties: {
      ...company,
      ...of(text, "WarehouseId WarehouseName OperationalSiteId"),
      ...of(noYes, "AreAdvancedWarehouseManagementProcessesEnabled"),
    },
  },
  {
    name: "LegalEntities",
    type: "LegalEntity",
    key: ["LegalEntityId"],
    properties: of(text, "LegalEntityId Name CompanyCountry AddressCountryRegionISOCode LanguageId TimeZone"),
  },
  {
    name: "BusinessEventsCatalogs",
    type: "BusinessEventsCatalog",
    key: ["BusinessEventId"],
    properties: of(text, "BusinessEventId Name Module"),
  },
  {
    name: "ShippingCarriers",
    type: "ShippingCarrier",
    key: ["dataAreaId", "CarrierId"],
    properties: { ...company, ...of(text, "CarrierId CarrierName") },
  },
  {
    name: "ShippingCarrierServices",
    type: "ShippingCarrierService",
    key: ["dataAreaId", "ShippingCarrierId", "ServiceId"],
    properties: { ...company, ...of(text, "ShippingCarrierId ServiceId") },
  },
  {
    name: "AddressCountryRegions",
    type: "AddressCountryRegion",
    key: ["CountryRegion"],
    properties: of(text, "CountryRegion ISOcode"),
  },
  {
    name: "DocumentTypes",
    type: "DocumentType",
    key: ["dataAreaId", "ID"],
    properties: { ...company, ...of(text, "ID") },
  },
];

/** Every entity set by name, the customer's own header fields included. */
export function entitySets(custom: CustomFields): ReadonlyMap<string, EntitySet> {
  return new Map([...headerSets(custom), ...documents, ...masterData, ...stockSets].map((set) => [set.name, set]));
}
