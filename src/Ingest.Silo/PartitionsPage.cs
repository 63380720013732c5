using System.Globalization;
using Ingest.Grains;
using Microsoft.AspNetCore.Http;

namespace Ingest.Silo;

/// <summary>
/// <c>GET /admin/partitions</c>: numbers of partitions by source, as a JSON object.
/// <c>POST /admin/partitions?source=NAME&amp;count=N</c>: raises a source's number, and answers with all of them.
/// </summary>
internal sealed class PartitionsPage(IGrainFactory grains)
{
    /// <summary>A version that no state has: asks for the numbers whatever they are.</summary>
    private const long NoVersion = -1;

    private ISourceCatalogueGrain Catalogue => grains.GetGrain<ISourceCatalogueGrain>(0);

    public Task HandleAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method))
            return AnswerAsync(context, async () => (await Catalogue.GetAsync(NoVersion))!);
        if (HttpMethods.IsPost(context.Request.Method))
            return RaiseAsync(context);
        context.Response.Headers.Allow = "GET, POST";
        return AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "GET or POST it.");
    }

    private Task RaiseAsync(HttpContext context)
    {
        var (source, given) = (context.Request.Query["source"].ToString(), context.Request.Query["count"].ToString());
        return source.Length > 0 && int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? AnswerAsync(context, () => Catalogue.RaiseAsync(source, count, "an operator"))
            : AnswerAsync(context, StatusCodes.Status400BadRequest, "Give source=NAME and count=N, a whole number from 1 on.");
    }

    private static async Task AnswerAsync(HttpContext context, Func<Task<PartitionCounts>> ask)
    {
        try
        {
            var counts = await ask();
            await context.Response.WriteAsJsonAsync(counts.Counts, context.RequestAborted);
        }
        catch (SplitRefusedException refused)
        {
            await AnswerAsync(context, StatusCodes.Status409Conflict, refused.Message);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            // The silo that held the numbers is gone, and another takes over; or their database does not answer.
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, $"The cluster does not answer now: {exception.Message}");
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
