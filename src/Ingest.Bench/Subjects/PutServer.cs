using System.Globalization;

namespace Ingest.Bench;

/// <summary>
/// What a peer takes for S3: each PUT becomes a file of a folder, whatever its name and signature. It checks and syncs nothing,
/// which is to the peer's advantage.
/// </summary>
internal static class PutServer
{
    public const string Verb = "put-server";

    /// <param name="folder">Where the files go.</param>
    public static Task ServeAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var puts = 0;
        return BareServer.ServeAsync(async context =>
        {
            var name = Interlocked.Increment(ref puts).ToString(CultureInfo.InvariantCulture);
            await using (var file = File.Create(Path.Combine(folder, name)))
                await context.Request.Body.CopyToAsync(file, context.RequestAborted);
            context.Response.Headers.ETag = $"\"{name}\"";
            context.Response.ContentLength = 0;
        });
    }
}
