using System.Globalization;
using System.Net;

namespace Ingest.Bench;

/// <summary>
/// Fluent Bit with chunks in files, HTTP in and S3 out. With <c>storage.sync full</c> it syncs a chunk when it puts it down, after
/// 2 MB of them, and not before it answers: what its answers promise is less than what those of the product do.
/// </summary>
/// <param name="program">The path of fluent-bit.</param>
internal sealed class FluentBitSubject(string program) : ISubject
{
    // Of 2 MB each. With the 128 that are the default it refuses requests once its shipping is some 200 MB behind, as seen here
    // after 10 s of batches; a bench of its rate needs more.
    private const int ChunksInMemory = 2048;

    // Whatever they are: nobody checks the signature.
    private static readonly Dictionary<string, string> Credentials = new(StringComparer.Ordinal)
    {
        ["AWS_ACCESS_KEY_ID"] = "bench",
        ["AWS_SECRET_ACCESS_KEY"] = "bench",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    public string Name => "fluent-bit";

    public string About =>
        "Fluent Bit: chunks in files with storage.sync full, HTTP in, S3 out; answers before it syncs, validates and deduplicates nothing";

    public async Task<IRunningSubject> StartAsync(SubjectSetup setup)
    {
        var lake = Path.Combine(setup.Folder, "lake");
        var stored = Directory.CreateDirectory(Path.Combine(setup.Folder, "stored")).FullName;
        var s3 = ServerProcess.StartSelf(PutServer.Verb, lake);
        try
        {
            var endpoint = Programs.FreeEndpoint();
            var file = Path.Combine(setup.Folder, "fluent-bit.conf");
            await File.WriteAllTextAsync(file, Configuration(stored, endpoint, IPEndPoint.Parse(await s3.FirstLine), setup.Mode));
            var process = ServerProcess.Start(program, ["-c", file], Credentials);
            await process.WaitForAsync(async () => await Programs.ListensAsync(endpoint) ? endpoint : null);
            return new PeerServer([process], new Target(endpoint, "/"), process.Age, stored) { Lake = lake, Others = [s3] };
        }
        catch
        {
            await s3.DisposeAsync();
            throw;
        }
    }

    private static string Configuration(string stored, IPEndPoint http, IPEndPoint s3, Mode mode) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        [SERVICE]
            flush               1
            log_level           warn
            storage.path        {stored}/chunks
            storage.sync        full
            storage.max_chunks_up {ChunksInMemory}
        [INPUT]
            name                http
            listen              {http.Address}
            port                {http.Port}
            storage.type        filesystem
            tag                 bench
            http_server.workers {Environment.ProcessorCount}
        [OUTPUT]
            name                s3
            match               *
            bucket              bench
            region              us-east-1
            endpoint            http://{s3}
            store_dir           {stored}/s3
            compression         gzip
            use_put_object      on
            total_file_size     {(mode == Mode.Burst ? "1G" : "64M")}
            upload_timeout      {(mode == Mode.Burst ? "1h" : "2s")}
            s3_key_format       /$TAG/%Y/%m/%d/%H/%M/%S-$UUID

        """);
}
