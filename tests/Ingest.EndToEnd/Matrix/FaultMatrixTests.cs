using System.Diagnostics;

namespace Ingest.EndToEnd;

/// <summary>
/// Faults by journal, lake and size of objects, and the server is killed in the middle of each: see <see cref="MatrixRuns"/>.
/// </summary>
public sealed class FaultMatrixTests(S3Fixture s3)
{
    public static TheoryData<JournalKind, LakeKind, BatchSize> Runs => MatrixRuns.Chosen;

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Faults_with_a_kill_in_each_lose_nothing_and_double_nothing(
        JournalKind journalKind, LakeKind lakeKind, BatchSize size)
    {
        NodeModules.Require();
        await using var journal = await MatrixJournal.OpenAsync(journalKind);
        await using var lake = await MatrixLake.OpenAsync(lakeKind, s3);
        await using var installation = new Installation
        {
            SealAge = size.SealAge(), Environment = lake.Environment, AuditOptions = journal.AuditOptions,
        };
        // Its last stop ships the whole backlog.
        installation.ShipTo(
            lake.LocationFor(installation), [.. journal.Options, .. lake.Options, .. size.Options(), "--drain", "90s"]);
        var oracle = new ConservationOracle();
        using var load = LabelledLoad.Start(oracle, installation.Url, size);

        var rows = new List<MatrixRow>();
        foreach (var fault in lake.FaultsOf(installation).Concat(journal.Faults))
            rows.Add(await MeetAsync(fault, installation, load, size.EventsPerFault()));
        await installation.StartAsync();
        await load.FinishAsync();
        await installation.StopAsync();

        await lake.CopyToAsync(installation.LakeFolder);
        MatrixTable.Write($"{journalKind}, {lakeKind}, {size}", rows, oracle.Check(LakeReader.Read(installation.LakeFolder)));
        size.AssertIn(installation.LakeFolder);
        await Verdict.AssertConservedAsync(installation, oracle);
    }

    /// <summary>Starts the server, has it meet a fault under load, and kills it. What was held up ships after the next start.</summary>
    private static async Task<MatrixRow> MeetAsync(MatrixFault fault, Installation installation, LabelledLoad load, int events)
    {
        var started = Stopwatch.GetTimestamp();
        await installation.StartAsync();
        await load.MoreAsync(1);
        var start = Stopwatch.GetElapsedTime(started);

        load.Begin(fault.Name);
        await fault.BeginAsync();
        await load.MoreAsync(events);
        var times = await fault.MetAsync();
        var pause = load.LongestPause();
        await installation.KillAsync();
        await fault.EndAsync();
        return new MatrixRow(fault.Name, times, pause, start);
    }
}
