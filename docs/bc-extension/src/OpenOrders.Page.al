/// Sales orders that are not posted yet, with the three shipping fields: posting copies them to shipment and invoice.
page 50192 "mlc Open Orders"
{
    PageType = API;
    APIPublisher = 'mlc';
    APIGroup = 'shipping';
    APIVersion = 'v1.0';
    EntityName = 'openOrder';
    EntitySetName = 'openOrders';
    SourceTable = "Sales Header";
    SourceTableView = where("Document Type" = const(Order));
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
                field(orderNumber; Rec."No.") { Caption = 'Order No.'; Editable = false; }
                field(externalDocumentNumber; Rec."External Document No.") { Caption = 'External Document No.'; Editable = false; }
                // A released order refuses agent and service (their OnValidate tests the status); mlc goes to the next route then.
                field(shippingAgentCode; Rec."Shipping Agent Code") { Caption = 'Shipping Agent Code'; }
                field(shippingAgentServiceCode; Rec."Shipping Agent Service Code") { Caption = 'Shipping Agent Service Code'; }
                field(packageTrackingNo; Rec."Package Tracking No.") { Caption = 'Package Tracking No.'; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Caption = 'Last Modified'; Editable = false; }
            }
        }
    }
}
