using System.Globalization;

namespace Ingest.EndToEnd;

/// <summary>The lake in S3, with everything that S3 and the way to it do wrong.</summary>
internal sealed class S3MatrixLake(S3Lake s3) : MatrixLake
{
    /// <summary>Requests that must meet a fault before it ends: fewer, and it was not there.</summary>
    private const int RequestsMin = 3;

    /// <summary>Bytes of a body that pass before it is cut: fewer than any object has.</summary>
    private const int CutAfterBytes = 100;

    public override IReadOnlyList<string> Options =>
        [.. s3.Options, "--s3-part-size", BatchSizes.PartMebibytes.ToString(CultureInfo.InvariantCulture)];

    public override IReadOnlyDictionary<string, string> Environment => s3.Server.Environment;

    public override string LocationFor(Installation installation) => s3.Location;

    public override IReadOnlyList<MatrixFault> FaultsOf(Installation installation) =>
    [
        // The first, as it ends with the bucket that all others need.
        Counted<Fault.Pass>("no-bucket", () => Task.CompletedTask, s3.CreateBucketAsync),
        MatrixFault.None,
        Counted<Fault.Pass>("stopped", s3.Server.StopGatewayAsync, s3.Server.StartGatewayAsync),
        ByProxy("error-500", new Fault.Answer(500, "InternalError")),
        ByProxy("throttled-503", new Fault.Answer(503, "SlowDown")),
        ByProxy("denied-403", new Fault.Answer(403, "AccessDenied")),
        ByProxy("slow", new Fault.Delay(TimeSpan.FromSeconds(1))),
        ByProxy("answer-lost", new Fault.LoseAnswer { AppliesTo = request => request.Method is "PUT" or "POST" }),
        ByProxy("body-cut", new Fault.CutBody(CutAfterBytes) { AppliesTo = request => request.Method == "PUT" }),
    ];

    public override Task CopyToAsync(string folder) => s3.DownloadAsync(folder);

    public override ValueTask DisposeAsync() => s3.DisposeAsync();

    private MatrixFault ByProxy<TFault>(string name, TFault fault)
        where TFault : Fault =>
        Counted<TFault>(name, () => s3.Proxy.SetAsync(fault), () => s3.Proxy.SetAsync(Fault.None));

    /// <summary>A fault whose requests the proxy counts under a type.</summary>
    private MatrixFault Counted<TFault>(string name, Func<Task> begin, Func<Task> end)
        where TFault : Fault
    {
        var before = 0;
        return new MatrixFault(name, BeginAsync, MetAsync, end);

        async Task BeginAsync()
        {
            await begin();
            before = s3.Proxy.Count<TFault>();
        }

        async Task<int> MetAsync()
        {
            await Deadline.UntilAsync<object>(
                () => Task.FromResult<object?>(Met() >= RequestsMin ? s3 : null), Deadline.Delivery, () => $"only {Met()} requests met {name}");
            return Met();
        }

        int Met() => s3.Proxy.Count<TFault>() - before;
    }
}
