using System.Globalization;

namespace Ingest.EndToEnd;

/// <summary>
/// Every fault of the lake and every size of its objects: each pair once, and the server is killed during each of them. In
/// one run all faults come one after the other, so that a run has the price of one.
/// </summary>
public sealed class FaultMatrixTests
{
    /// <summary>Requests that must meet a fault before it ends: fewer, and it was not there.</summary>
    private const int RequestsMin = 3;

    /// <summary>Events that must be acknowledged while a fault lasts.</summary>
    private const int EventsMin = 30;

    private const int Kills = 5;

    /// <summary>Bytes of a body that pass before it is cut: less than any object.</summary>
    private const int CutAfterBytes = 100;

    public static TheoryData<string> Sizes => [.. Enum.GetNames<BatchSize>()];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task S3_fails_in_every_way_and_nothing_is_lost_or_doubled(string sizeName)
    {
        var size = Enum.Parse<BatchSize>(sizeName);
        await using var s3 = await S3Lake.StartAsync();
        var oracle = new ConservationOracle();
        await using var installation = new Installation { SealAge = size.SealAge(), Environment = s3.Server.Environment };
        installation.ShipTo(s3.Location, [.. s3.Options, .. size.Options()]);
        await installation.StartAsync();
        using var load = LabelledLoad.Start(oracle, installation.Url, size);
        var rows = new List<MatrixRow>();

        await MeetAsync<Fault.Pass>("late-bucket", () => Task.CompletedTask, s3.CreateBucketAsync);
        await MeetAsync<Fault.Pass>("stopped", s3.Server.StopGatewayAsync, s3.Server.StartGatewayAsync);
        await MeetFaultAsync("error-500", Fault.InternalError);
        await MeetFaultAsync("throttled", Fault.SlowDown);
        await MeetFaultAsync("denied-403", Fault.AccessDenied);
        await MeetFaultAsync("slow", new Fault.Delay(TimeSpan.FromSeconds(1)));
        await MeetFaultAsync("answer-lost", new Fault.LoseAnswer { AppliesTo = request => request.Method is "PUT" or "POST" });
        await MeetFaultAsync("body-cut", new Fault.CutBody(CutAfterBytes) { AppliesTo = request => request.Method == "PUT" });

        await load.FinishAsync();
        await installation.WaitUntilShippedAsync();
        await installation.StopAsync();
        await s3.DownloadAsync(installation.LakeFolder);
        await JudgeAsync(installation, oracle, rows);

        Task MeetFaultAsync<TFault>(string name, TFault fault)
            where TFault : Fault =>
            MeetAsync<TFault>(name, () => s3.Proxy.SetAsync(fault), () => s3.Proxy.SetAsync(Fault.None));

        async Task MeetAsync<TFault>(string name, Func<Task> begin, Func<Task> end)
            where TFault : Fault
        {
            load.Begin(name);
            var before = s3.Proxy.Count<TFault>();
            await begin();
            await load.MoreAsync(EventsMin);
            await installation.KillAsync();
            await installation.StartAsync();
            await load.MoreAsync(EventsMin);
            await Deadline.UntilAsync<object>(
                () => Task.FromResult<object?>(s3.Proxy.Count<TFault>() >= before + RequestsMin ? s3 : null),
                Deadline.Delivery,
                () => $"only {s3.Proxy.Count<TFault>() - before} requests met {name}. The server wrote:\n{installation.Output}");
            rows.Add(new MatrixRow(name, s3.Proxy.Count<TFault>() - before, load.LongestPause()));
            await end();
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Kills_lose_nothing_and_double_nothing_in_a_folder(string sizeName)
    {
        var size = Enum.Parse<BatchSize>(sizeName);
        var random = TestSeed.Next();
        var oracle = new ConservationOracle();
        await using var installation = new Installation { SealAge = size.SealAge() };
        // The size of a part says nothing to a folder.
        installation.ShipTo(installation.LakeFolder, [.. size.Options().TakeWhile(option => option != "--s3-part-size")]);
        await installation.StartAsync();
        using var load = LabelledLoad.Start(oracle, installation.Url, size);
        var rows = new List<MatrixRow>();

        for (var kill = 1; kill <= Kills; kill++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"kill-{kill}");
            load.Begin(name);
            await load.MoreAsync(random.Next(1, 2 * EventsMin));
            await installation.KillAsync();
            await installation.StartAsync();
            await load.MoreAsync(1);
            rows.Add(new MatrixRow(name, 1, load.LongestPause()));
        }

        await load.FinishAsync();
        await installation.StopAsync();
        await JudgeAsync(installation, oracle, rows);
    }

    private static async Task JudgeAsync(Installation installation, ConservationOracle oracle, List<MatrixRow> rows)
    {
        MatrixTable.Write(rows, oracle.Check(LakeReader.Read(installation.LakeFolder)));
        await Verdict.AssertConservedAsync(installation, oracle);
    }
}
