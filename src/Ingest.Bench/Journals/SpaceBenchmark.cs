using System.Diagnostics;
using System.Security.Cryptography;
using Ingest.Engine;
using Ingest.Storage;
using Spectre.Console;

namespace Ingest.Bench;

/// <summary>
/// Appends, seals and ships a number of events, all at once, into a lake in memory, and watches the space that the journal takes:
/// at the end it must be what it was at the start.
/// </summary>
/// <param name="server">Connection string of a user who may make databases and run a checkpoint.</param>
/// <param name="partitions">Partitions that append at once.</param>
/// <param name="shape">What they append.</param>
internal sealed class SpaceBenchmark(string server, int partitions, AppendShape shape)
{
    /// <summary>Blocks of a batch: at 10 events each some 4 MB.</summary>
    private const int BatchBlocks = 5_000;

    /// <summary>Appends whose ids a partition remembers.</summary>
    private const long Window = 2_000;

    /// <summary>Writes that may be refused, and tried again, in the whole run.</summary>
    private const int RefusalsMax = 100;

    private const int Lanes = 4;
    private const int BatchesPerRead = 16;

    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(250);

    /// <summary>Generations are closed by size as always, and by age soon enough for the end to be waited for.</summary>
    private static readonly TimeSpan GenerationAge = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndPatience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan TellPeriod = TimeSpan.FromSeconds(10);

    private int _refusals;
    private long _appended;
    private long _shipped;

    /// <returns>False where the space did not come back.</returns>
    /// <exception cref="InvalidOperationException">A write failed, or what the lake has is not what was appended.</exception>
    public async Task<bool> RunAsync(long events)
    {
        await using var database = await JournalDatabase.CreateAsync(server);
        await using var journal = await PostgresJournal.OpenAsync(new PostgresJournalOptions
        {
            ConnectionString = database.ConnectionString,
            WriteTimeout = TimeSpan.FromSeconds(30),
            GenerationAgeMax = GenerationAge,
            DedupeAgeMax = 8 * GenerationAge, // Generations of ids are closed after an eighth of it.
        });
        var start = await ReadAsync(database);
        var (peak, latencies, clock) = (start, new LatencyCounts(), Stopwatch.StartNew());
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync();
        var lake = new MemoryLake();
        var appends = events / shape.Events / partitions;
        var writing = Task.WhenAll(Enumerable.Range(0, partitions).Select(number => Task.Run(() => WriteAsync(journal, number, appends, latencies))));
        var shipping = Task.WhenAll(Enumerable.Range(0, Lanes).Select(index => Task.Run(() => ShipAsync(journal, lake, new Lane(index, Lanes), writing))));
        await writing;
        var written = clock.Elapsed;
        await shipping;
        var shipped = clock.Elapsed;
        for (; await database.ReadGenerationBytesAsync() > start.Generations && clock.Elapsed < shipped + EndPatience; await Task.Delay(LookPeriod))
        {
            // The journal looks after its generations once a second.
        }

        var returned = clock.Elapsed;
        await stop.CancelAsync();
        await watching;
        var end = await ReadAsync(database);
        await VerifyAsync(journal, lake, appends * partitions);
        var total = appends * partitions * shape.Events;
        AnsiConsole.MarkupLineInterpolated($"{total:N0} events in {appends * partitions:N0} appends of {partitions} partitions: appended after {written.TotalSeconds:0.0} s ({total / written.TotalSeconds:N0} events/s, p99 of an append {latencies.Percentile(0.99):0.0} ms, {_refusals} writes refused and tried again), shipped after {shipped.TotalSeconds:0.0} s, space back after {returned.TotalSeconds:0.0} s");
        Print("generations", start.Generations, peak.Generations, end.Generations);
        Print("whole database", start.Database, peak.Database, end.Database);
        return end.Generations == start.Generations;

        async Task WatchAsync()
        {
            var told = TimeSpan.Zero;
            while (!stop.IsCancellationRequested)
            {
                var now = await ReadAsync(database);
                peak = (Math.Max(peak.Generations, now.Generations), Math.Max(peak.Database, now.Database));
                if (clock.Elapsed >= told + TellPeriod)
                {
                    told = clock.Elapsed;
                    AnsiConsole.MarkupLineInterpolated($"{told.TotalSeconds:0} s: {Volatile.Read(ref _appended):N0} of {events:N0} events appended, {Volatile.Read(ref _shipped):N0} shipped, generations {now.Generations / 1e6:N0} MB");
                }

                await Task.Delay(LookPeriod);
            }
        }
    }

    /// <summary>A partition: appends, seals what makes a batch, and forgets all ids at the end.</summary>
    private async Task WriteAsync(PostgresJournal journal, int number, long appends, LatencyCounts latencies)
    {
        var partition = new PartitionId(AppendLoad.Source, number);
        var open = new List<Block>(BatchBlocks);
        for (var seq = 1L; seq <= appends; seq++)
        {
            var append = shape.Append(partition, partitions, seq, Window);
            var began = Stopwatch.GetTimestamp();
            await CommitAsync(() => journal.AppendAsync(append, CancellationToken.None));
            latencies.Add(Stopwatch.GetElapsedTime(began));
            Interlocked.Add(ref _appended, shape.Events);
            open.AddRange(append.Blocks);
            if (open.Count < BatchBlocks && seq < appends)
                continue;
            var seal = new Seal(BatchOf(partition, open), null);
            await CommitAsync(() => journal.SealAsync(seal, CancellationToken.None));
            open.Clear();
        }

        var last = shape.Append(partition, partitions, appends + 1, Window);
        var forgetting = last with { Blocks = [], Ids = default, Counts = [], ForgetIdsBelow = last.FirstSeq };
        await CommitAsync(() => journal.AppendAsync(forgetting, CancellationToken.None));
    }

    private static Batch BatchOf(PartitionId partition, List<Block> blocks) => new(
        partition, LakeStream.Good, blocks[0].Hour, blocks[0].Seq, blocks[^1].Seq, blocks.Count, blocks.Sum(b => b.Events),
        blocks.Sum(b => (long)b.LineBytes), blocks.Sum(b => (long)b.Body.Length), blocks[^1].Received, SealReason.Size);

    /// <summary>Ships the batches of a lane until all is written and nothing is pending.</summary>
    private async Task ShipAsync(PostgresJournal journal, MemoryLake lake, Lane lane, Task writing)
    {
        bool isLast;
        do
        {
            isLast = writing.IsCompleted;
            var pending = await journal.ReadPendingAsync(lane, BatchesPerRead, new HashSet<BatchId>(), CancellationToken.None);
            foreach (var batch in pending)
                await ShipAsync(journal, lake, batch);
            if (pending.Count == 0)
                await Task.Delay(LookPeriod);
            isLast &= pending.Count == 0;
        }
        while (!isLast);
    }

    private async Task ShipAsync(PostgresJournal journal, MemoryLake lake, Batch batch)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var chunk in journal.ReadBatchAsync(batch, CancellationToken.None))
            hash.AppendData(chunk.Span);
        var stored = new LakeObject(
            LakeLayout.KeyOf(batch, journal.Id), batch.BodyBytes, Convert.ToHexStringLower(hash.GetHashAndReset()), cancellation => journal.ReadBatchAsync(batch, cancellation));
        var put = await lake.PutAsync(stored, CancellationToken.None);
        if (!put.IsConfirmed)
            throw new InvalidOperationException($"A put ended with {put}.");
        var shipped = new ShippedObject(stored.Key, stored.Length, stored.Sha256, batch.SealedAt);
        await CommitAsync(() => journal.ConfirmAsync(batch.Id, shipped, CancellationToken.None));
        Interlocked.Add(ref _shipped, batch.Events);
    }

    /// <summary>Compares lake, record of shipped batches and ledger with what was appended.</summary>
    private async Task VerifyAsync(PostgresJournal journal, MemoryLake lake, long appends)
    {
        long inLake = 0, onRecord = 0, inLedger = 0, unsettled = 0;
        await foreach (var entry in lake.ListAsync("", CancellationToken.None))
            inLake += entry.Length;
        await foreach (var batch in journal.ReadShippedAsync(default, CancellationToken.None))
        {
            onRecord += batch.Batch.Events;
            inLake -= batch.Batch.BodyBytes;
        }

        await foreach (var row in journal.ReadLedgerAsync(default, CancellationToken.None))
        {
            inLedger += row.ShippedGood;
            unsettled += Conservation.Violations(row).Count + row.PendingGood;
        }

        var events = appends * shape.Events;
        if (inLake != 0 || onRecord != events || inLedger != events || unsettled != 0)
            throw new InvalidOperationException($"{events} events were appended; the journal says that {onRecord} or {inLedger} were shipped, and the lake has {inLake} bytes too many.");
    }

    private static async Task<(long Generations, long Database)> ReadAsync(JournalDatabase database) =>
        (await database.ReadGenerationBytesAsync(), await database.ReadBytesAsync());

    private static void Print(string what, long start, long peak, long end) => AnsiConsole.MarkupLineInterpolated(
        $"{what}: {start:N0} bytes at the start, {peak / 1e6:N0} MB at the peak, {end:N0} bytes at the end");

    /// <summary>Writes, again where it was refused: a machine that is busy with other things may hold up a lock for too long.</summary>
    private async Task CommitAsync(Func<ValueTask<JournalResult>> write)
    {
        JournalResult result;
        while ((result = await write()).Outcome == JournalOutcome.Refused && Interlocked.Increment(ref _refusals) <= RefusalsMax)
            await Task.Delay(LookPeriod);
        if (result.Outcome != JournalOutcome.Committed)
            throw new InvalidOperationException($"A write ended with {result}.");
    }
}
