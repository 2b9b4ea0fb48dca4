/** A refusal in F&O's words: thrown by whoever finds it, answered in the shape of (F&O, 2.5). */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A business error: `Write failed for table row of type '…'. Infolog: Error: ….` (F&O, 2.5). */
export function infolog(type: string, entries: readonly string[]): Refusal {
  return new Refusal(400, `Write failed for table row of type '${type}Entity'. Infolog: ${entries.join("; ")}.`);
}

/** The answer to a refusal: the useful text is in `innererror`, `code` is empty, and there is a stack trace. */
export function errorResponse(status: number, message: string): Response {
  const error = {
    code: "",
    message: "An error has occurred.",
    innererror: {
      message,
      type: "System.InvalidOperationException",
      stacktrace:
        "   at Microsoft.Dynamics.Platform.Integration.Services.OData.Update.UpdateProcessor.UpdateEntity(ChangeOperationContext context)\r\n   at Microsoft.Dynamics.Platform.Integration.Services.OData.ODataEntityController.Execute()",
    },
  };
  return Response.json({ error }, { status, headers: { "content-type": "application/json; odata.metadata=minimal" } });
}

/** The 403 of an app that has no row on the Entra applications page (F&O, 1.4). */
export function unknownAppResponse(): Response {
  return Response.json(
    {
      Message: "An error has occurred.",
      ExceptionMessage: "Forbidden",
      ExceptionType: "System.ServiceModel.Web.WebFaultException",
      StackTrace: "   at Microsoft.Dynamics.Ax.Services.ServicesSessionProvider.GetSession()",
    },
    { status: 403 },
  );
}
