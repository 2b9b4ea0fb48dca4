/// Posted sales shipments with the three shipping fields, which API v2.0 lacks.
page 50190 "mlc Posted Shipments"
{
    PageType = API;
    APIPublisher = 'mlc';
    APIGroup = 'shipping';
    APIVersion = 'v1.0';
    EntityName = 'postedShipment';
    EntitySetName = 'postedShipments';
    SourceTable = "Sales Shipment Header";
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    InsertAllowed = false;
    DeleteAllowed = false;
    Extensible = false;

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { Caption = 'Id'; Editable = false; }
                field(number; Rec."No.") { Caption = 'No.'; Editable = false; }
                field(orderNumber; Rec."Order No.") { Caption = 'Order No.'; Editable = false; }
                field(externalDocumentNumber; Rec."External Document No.") { Caption = 'External Document No.'; Editable = false; }
                field(shippingAgentCode; Rec."Shipping Agent Code") { Caption = 'Shipping Agent Code'; }
                field(shippingAgentServiceCode; Rec."Shipping Agent Service Code") { Caption = 'Shipping Agent Service Code'; }
                field(packageTrackingNo; Rec."Package Tracking No.") { Caption = 'Package Tracking No.'; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Caption = 'Last Modified'; Editable = false; }
            }
        }
    }

    trigger OnModifyRecord(): Boolean
    begin
        // microsoft/BCApps, src/Layers/W1/BaseApp/Sales/History/ShipmentHeaderEdit.Codeunit.al: codeunit 391 has
        // TableNo = "Sales Shipment Header" and takes exactly these three fields over from the record that it is run with.
        Codeunit.Run(Codeunit::"Shipment Header - Edit", Rec);
        // It has modified the record; the page must not do so again.
        exit(false);
    end;
}
