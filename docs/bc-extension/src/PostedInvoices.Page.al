/// Posted sales invoices with the three shipping fields: for invoices that were posted from a draft, without a shipment.
page 50191 "mlc Posted Invoices"
{
    PageType = API;
    APIPublisher = 'mlc';
    APIGroup = 'shipping';
    APIVersion = 'v1.0';
    EntityName = 'postedInvoice';
    EntitySetName = 'postedInvoices';
    SourceTable = "Sales Invoice Header";
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

    var
        NotTakenErr: Label 'This version of Business Central keeps the shipping fields of posted invoice %1 as they are.', Comment = '%1 = number';

    trigger OnModifyRecord(): Boolean
    var
        Wanted: Record "Sales Invoice Header";
    begin
        Wanted := Rec;
        // microsoft/BCApps, src/Layers/W1/BaseApp/Sales/History/SalesInvHeaderEdit.Codeunit.al: codeunit 1409 has
        // TableNo = "Sales Invoice Header". Only its newer versions take the shipping fields over; older ones leave them.
        Codeunit.Run(Codeunit::"Sales Inv. Header - Edit", Rec);
        if (Rec."Shipping Agent Code" <> Wanted."Shipping Agent Code") or
           (Rec."Shipping Agent Service Code" <> Wanted."Shipping Agent Service Code") or
           (Rec."Package Tracking No." <> Wanted."Package Tracking No.")
        then
            Error(NotTakenErr, Rec."No.");
        exit(false);
    end;
}
