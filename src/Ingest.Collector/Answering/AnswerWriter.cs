using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>Writes answers as <see cref="Answers"/> has them.</summary>
public sealed class AnswerWriter(CollectorLimits limits, Random random)
{
    /// <summary>Bytes of the longest counts: three numbers of 11 characters, and what stands around them.</summary>
    private const int CountsLengthMax = 128;

    private static readonly ReadOnlyMemory<byte> Ok = "ok"u8.ToArray();

    /// <summary>A transparent GIF of one pixel, 43 bytes.</summary>
    private static readonly ReadOnlyMemory<byte> Pixel = Convert.FromHexString(
        "47494638396101000100800000000000FFFFFF21F90401000000002C00000000010001000002024401003B");

    /// <summary>The counts of a plain JSON request, and where its events are durable.</summary>
    public static async Task WriteCountsAsync(HttpContext context, IntakeResult result)
    {
        var room = ArrayPool<byte>.Shared.Rent(CountsLengthMax);
        try
        {
            var isWritten = Utf8.TryWrite(
                room,
                CultureInfo.InvariantCulture,
                $$"""{"accepted":{{result.Accepted}},"quarantined":{{result.Quarantined}},"duplicates":{{result.Duplicates}},"durability":"{{(result.Durability == Durability.Spill ? "spill" : "journal")}}"}""",
                out var length);
            Debug.Assert(isWritten);
            await WriteAsync(context, StatusCodes.Status200OK, "application/json", room.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary><c>ok</c>: trackers want a body that is not empty.</summary>
    public static Task WriteOkAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status200OK, "text/plain", Ok);

    /// <summary>The pixel; never from a cache, or events would be lost there.</summary>
    public static Task WritePixelAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        return WriteAsync(context, StatusCodes.Status200OK, "image/gif", Pixel);
    }

    public static Task WriteTextAsync(HttpContext context, int status, string text) =>
        WriteAsync(context, status, "text/plain", Encoding.UTF8.GetBytes(text));

    /// <summary>An error, as a JSON object with its code and what to do.</summary>
    public Task WriteErrorAsync(HttpContext context, Answer answer)
    {
        var row = Answers.Of(answer);
        if (row.RetryAfter)
            context.Response.Headers.RetryAfter = RetryAfterSeconds();
        return WriteAsync(context, row.Status, "application/json", row.Body);
    }

    /// <summary>Sets the header of a 503 that has a body of its own.</summary>
    public void SetRetryAfter(HttpContext context) => context.Response.Headers.RetryAfter = RetryAfterSeconds();

    private string RetryAfterSeconds() => random
        .Next((int)limits.RetryAfterMin.TotalSeconds, (int)limits.RetryAfterMax.TotalSeconds + 1)
        .ToString(CultureInfo.InvariantCulture);

    private static async Task WriteAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.BodyWriter.WriteAsync(body);
    }
}
