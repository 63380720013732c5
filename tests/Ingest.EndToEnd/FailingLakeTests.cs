namespace Ingest.EndToEnd;

/// <summary>The promise with S3 as the lake: whatever the lake does and however often the server dies meanwhile.</summary>
public sealed class FailingLakeTests(S3Fixture shared)
{
    /// <summary>Requests that must meet a fault before it ends: fewer, and it was not there.</summary>
    private const int RequestsMin = 3;

    [Fact]
    public async Task Outage_errors_slowness_and_lost_answers_lose_nothing_and_double_nothing()
    {
        NodeModules.Require();
        await using var s3 = await S3Lake.OpenAsync(shared);
        await s3.CreateBucketAsync();
        var random = TestSeed.Next();
        var oracle = new ConservationOracle();
        await using var installation = Installation.ShippingTo(s3);
        await installation.StartAsync();
        await using var tracker = SnowplowTracker.Start(oracle, installation.Url, eventsPerSecond: 50);
        using var pixels = PixelClient.Start(oracle, installation.Url);
        await MoreAsync();

        await s3.Server.StopGatewayAsync();
        await KillAsync();
        await s3.Server.StartGatewayAsync();
        await MeetAsync(new Fault.Answer(500, "InternalError"), MoreAsync);
        await MeetAsync(new Fault.Delay(TimeSpan.FromSeconds(1)), MoreAsync);
        await MeetAsync(new Fault.LoseAnswer { AppliesTo = request => request.Method == "PUT" }, KillAsync);

        await tracker.FinishAsync();
        await pixels.FinishAsync();
        await installation.WaitUntilShippedAsync();
        await installation.StopAsync();
        await s3.DownloadAsync(installation.LakeFolder);
        await Verdict.AssertConservedAsync(installation, oracle);

        Task MoreAsync() => oracle.Acknowledged.AtLeastAsync(oracle.Acknowledged.Value + random.Next(50, 300), Deadline.Delivery);

        async Task KillAsync()
        {
            await MoreAsync();
            await installation.KillAsync();
            await installation.StartAsync();
        }

        async Task MeetAsync<TFault>(TFault fault, Func<Task> meanwhile)
            where TFault : Fault
        {
            var before = s3.Proxy.Count<TFault>();
            await s3.Proxy.SetAsync(fault);
            Progress.Write($"From now on requests to the lake meet {typeof(TFault).Name}.");
            await meanwhile();
            await Deadline.UntilAsync<object>(
                () => Task.FromResult<object?>(s3.Proxy.Count<TFault>() >= before + RequestsMin ? fault : null),
                Deadline.Delivery,
                () => $"only {s3.Proxy.Count<TFault>() - before} requests met {fault}. The server wrote:\n{installation.Output}");
            await s3.Proxy.SetAsync(Fault.None);
        }
    }

    [Fact]
    public async Task A_bucket_that_is_created_later_gets_everything_that_came_before()
    {
        await using var s3 = await S3Lake.OpenAsync(shared);
        var oracle = new ConservationOracle();
        await using var installation = Installation.ShippingTo(s3);
        installation.Runtime = "node";
        await installation.StartAsync();

        using var client = new PlainClient(installation.Url);
        for (var request = 0; request < 20; request++)
            await client.PostAsync(oracle, [.. Enumerable.Range(0, 50).Select(i => new PlainEvent($"early-{request}-{i}"))]);
        await Deadline.UntilAsync<object>(
            () => Task.FromResult<object?>(s3.Proxy.Count<Fault.Pass>() > 0 ? s3 : null),
            Deadline.Delivery,
            () => "the server has not tried to ship anything");

        await s3.CreateBucketAsync();
        await installation.WaitUntilShippedAsync();
        await installation.StopAsync();
        await s3.DownloadAsync(installation.LakeFolder);
        await Verdict.AssertConservedAsync(installation, oracle);
    }
}
