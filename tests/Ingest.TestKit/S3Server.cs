using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;

namespace Ingest.TestKit;

/// <summary>
/// A real S3 server on loopback: Ceph RGW, run by <c>tests/tools/ceph-rgw</c>. Its port stays the same from start to
/// end, also while the gateway is stopped. It ends with this process, however that ends.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly SemaphoreSlim _commands = new(1, 1);

    private S3Server(Process process, Uri endpoint, string accessKey, string secretKey)
    {
        _process = process;
        Endpoint = endpoint;
        AccessKey = accessKey;
        SecretKey = secretKey;
    }

    /// <summary>Where it listens. Path-style addressing.</summary>
    public Uri Endpoint { get; }

    public string AccessKey { get; }

    public string SecretKey { get; }

    public AWSCredentials Credentials => new BasicAWSCredentials(AccessKey, SecretKey);

    /// <summary>The credentials as a child process takes them.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS_ACCESS_KEY_ID"] = AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = SecretKey,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    /// <summary>Why it cannot run on this machine, for a skipped test; null where it can.</summary>
    public static string? Absence()
    {
        string[] programs = ["bash", "python3", "radosgw", "radosgw-admin", "ceph", "ceph-mon", "ceph-osd"];
        var missing = programs.Where(p => !IsOnPath(p)).ToArray();
        return missing.Length == 0
            ? null
            : $"needs a Ceph RGW (Debian: radosgw ceph-mon ceph-osd ceph-common); not installed: {string.Join(", ", missing)}";
    }

    /// <summary>Starts one; about 3 s.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message holds what it said.</exception>
    public static async Task<S3Server> StartAsync()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "tools", "ceph-rgw");
        var process = Process.Start(new ProcessStartInfo("bash", [script])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("bash did not start.");
        try
        {
            var words = (await ReadAnswerAsync(process, "ready")).Split(' ');
            var port = int.Parse(words[1], CultureInfo.InvariantCulture);
            return new S3Server(process, new Uri($"http://127.0.0.1:{port}"), words[2], words[3]);
        }
        catch
        {
            await EndAsync(process);
            throw;
        }
    }

    /// <summary>A client of it, for making buckets and for looking at what a test stored.</summary>
    public AmazonS3Client NewClient() => new(Credentials, new AmazonS3Config
    {
        ServiceURL = Endpoint.ToString(),
        ForcePathStyle = true,
        AuthenticationRegion = "us-east-1",
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });

    /// <summary>Makes a bucket with a name of its own.</summary>
    public async Task<string> NewBucketAsync()
    {
        var name = $"test-{Guid.NewGuid():N}";
        using var client = NewClient();
        await client.PutBucketAsync(name);
        return name;
    }

    /// <summary>Refuses connections from now on; what is stored stays.</summary>
    public Task StopGatewayAsync() => CommandAsync("stop", "stopped");

    /// <summary>Listens again, on the same port and with the same objects; does nothing where it listens.</summary>
    public Task StartGatewayAsync() => CommandAsync("start", "started");

    public async ValueTask DisposeAsync()
    {
        await EndAsync(_process);
        _commands.Dispose();
    }

    private async Task CommandAsync(string command, string answer)
    {
        await _commands.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
            await ReadAnswerAsync(_process, answer);
        }
        finally
        {
            _commands.Release();
        }
    }

    private static async Task<string> ReadAnswerAsync(Process process, string expected)
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout);
        var line = await process.StandardOutput.ReadLineAsync(timeout.Token);
        return line is not null && line.Split(' ')[0].Equals(expected, StringComparison.Ordinal)
            ? line
            : throw new InvalidOperationException(
                $"ceph-rgw said '{line}' instead of '{expected}'; its standard error says why.");
    }

    private static async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(AnswerTimeout);
        await process.WaitForExitAsync(timeout.Token);
        process.Dispose();
    }

    private static bool IsOnPath(string program) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
