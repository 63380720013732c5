using System.Globalization;
using Ingest.Grains;
using Microsoft.AspNetCore.Http;

namespace Ingest.Silo;

/// <summary><c>POST /admin/partitions?source=NAME&amp;count=N</c>: raises a source's number of partitions, and says what it is now.</summary>
internal sealed class PartitionsPage(IGrainFactory grains)
{
    public async Task HandleAsync(HttpContext context)
    {
        var (source, given) = (context.Request.Query["source"].ToString(), context.Request.Query["count"].ToString());
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = "POST";
            await AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "POST it.");
        }
        else if (source.Length == 0 || !int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
            await AnswerAsync(context, StatusCodes.Status400BadRequest, "Give source=NAME and count=N, a whole number from 1 on.");
        else
            await RaiseAsync(context, source, count);
    }

    private async Task RaiseAsync(HttpContext context, string source, int count)
    {
        try
        {
            var counts = await grains.GetGrain<ISourceCatalogueGrain>(0).RaiseAsync(source, count, "an operator");
            await AnswerAsync(
                context, StatusCodes.Status200OK, string.Create(CultureInfo.InvariantCulture, $"{counts.Counts[source]}"));
        }
        catch (SplitRefusedException refused)
        {
            await AnswerAsync(context, StatusCodes.Status409Conflict, refused.Message);
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
