/// Items with their weights, which API v2.0 lacks; read-only. A weight has no unit in Business Central.
page 50193 "mlc Item Weights"
{
    PageType = API;
    APIPublisher = 'mlc';
    APIGroup = 'shipping';
    APIVersion = 'v1.0';
    EntityName = 'itemWeight';
    EntitySetName = 'itemWeights';
    SourceTable = Item;
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    DataAccessIntent = ReadOnly;
    Editable = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    DeleteAllowed = false;
    Extensible = false;

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { Caption = 'Id'; }
                field(number; Rec."No.") { Caption = 'No.'; }
                field(netWeight; Rec."Net Weight") { Caption = 'Net Weight'; }
                field(grossWeight; Rec."Gross Weight") { Caption = 'Gross Weight'; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Caption = 'Last Modified'; }
            }
        }
    }
}
