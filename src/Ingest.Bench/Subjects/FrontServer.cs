using System.Buffers;
using System.Text.Json;

namespace Ingest.Bench;

/// <summary>The smallest HTTP server: scans each body as JSON, has it stored, and answers.</summary>
internal static class FrontServer
{
    /// <param name="store">Completes when a body is safe; the bytes are not used after it returns its task.</param>
    public static Task ServeAsync(Func<ReadOnlySequence<byte>, Task> store) =>
        BareServer.ServeAsync(async context =>
        {
            var result = await context.Request.BodyReader.ReadAtLeastAsync((int)(context.Request.ContentLength ?? 0));
            Scan(result.Buffer.IsSingleSegment ? result.Buffer.FirstSpan : result.Buffer.ToArray());
            await store(result.Buffer);
            context.Request.BodyReader.AdvanceTo(result.Buffer.End);
            context.Response.ContentLength = 2;
            await context.Response.Body.WriteAsync("ok"u8.ToArray());
        });

    private static void Scan(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            // Reading is the work.
        }
    }
}
