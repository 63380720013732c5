using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ingest.Fuzz;

/// <summary>Of a body of several gzip members the first alone is read, as many libraries do.</summary>
internal sealed class FirstMemberOnly() : PlantedFault("reads the first gzip member only", "gzip")
{
    public override RequestDelegate Wrap(RequestDelegate handle) => async context =>
    {
        var sent = new MemoryStream();
        await context.Request.BodyReader.CopyToAsync(sent);
        var body = sent.ToArray();
        if (body.AsSpan(Math.Min(body.Length, 2)).IndexOf((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]) is var next and > 0)
            body = body[..(next + 2)];
        var request = new RequestInput { Method = "", Path = "", Body = body };
        context.Features.Set<IRequestBodyPipeFeature>(new PiecedBody(request));
        context.Request.Headers.ContentLength = null;
        await handle(context);
    };
}
