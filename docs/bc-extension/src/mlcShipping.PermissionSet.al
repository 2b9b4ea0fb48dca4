/// What mlc's app needs for these pages; it posts nothing and deletes nothing.
permissionset 50190 "mlc Shipping"
{
    Caption = 'mlc shipping';
    Assignable = true;
    Permissions =
        page "mlc Posted Shipments" = X,
        page "mlc Posted Invoices" = X,
        page "mlc Open Orders" = X,
        page "mlc Item Weights" = X,
        page "mlc Shipping Agents" = X,
        codeunit "Shipment Header - Edit" = X,
        codeunit "Sales Inv. Header - Edit" = X,
        tabledata "Sales Shipment Header" = Rm,
        tabledata "Sales Invoice Header" = Rm,
        tabledata "Sales Header" = RM,
        tabledata Item = R,
        tabledata "Shipping Agent" = R,
        tabledata "Shipping Agent Services" = R;
}
