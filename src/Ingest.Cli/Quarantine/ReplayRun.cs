using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// Replays events of the quarantine, object by object: sends the lines that are not done yet to a server, and stores a
/// record of what became of them once it is through with an object, or is broken off in it. Started anew, it skips what
/// became good; only the lines of a request whose answer was lost are sent again, and are duplicates to the server.
/// </summary>
/// <param name="lake">The lake.</param>
/// <param name="client">Sends lines.</param>
/// <param name="filter">Which events.</param>
/// <param name="isDryRun">True to store nothing, records included.</param>
internal sealed class ReplayRun(ILake lake, ReplayClient client, EventFilter filter, bool isDryRun) : IDisposable
{
    /// <summary>Bytes of lines sent at once. A longer line goes alone.</summary>
    private const int BatchBytesMax = 1 << 20;

    /// <summary>Lines sent at once: one commit each at worst, within the time-out of a request.</summary>
    private const int BatchLinesMax = 500;

    private readonly List<(int Number, string Id)> _sent = [];
    private readonly PooledBuffer _lines = new(64 << 10);

    /// <summary>What became of everything so far.</summary>
    public ReplayReport Report { get; } = new();

    /// <summary>Replays all of it.</summary>
    /// <param name="progress">Told of the report after each batch.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeUnavailableException">The lake cannot be read, or does not take a record.</exception>
    /// <exception cref="ServerSilentException">No server took the lines.</exception>
    /// <exception cref="ServerRefusedException">The server gave an answer that cannot be used.</exception>
    public async Task RunAsync(IProgress<ReplayReport>? progress, CancellationToken cancellation)
    {
        await foreach (var key in ObjectKey.ListAsync(lake, LakeStream.Quarantine, filter.Source, filter.Span, cancellation))
        {
            try
            {
                await ReplayAsync(key, progress, cancellation);
                Report.Objects++;
            }
            catch (Exception exception) when (exception is InvalidDataException or LinesRefusedException)
            {
                // It is this object's fault alone: the others go on.
                Report.Skipped.Add(key.Key, exception.Message);
            }

            progress?.Report(Report);
        }
    }

    public void Dispose() => _lines.Dispose();

    private async Task ReplayAsync(ObjectKey key, IProgress<ReplayReport>? progress, CancellationToken cancellation)
    {
        var records = await ReplayRecords.ReadAsync(lake, key, cancellation);
        using var record = new LakeFile();
        try
        {
            await SendAllAsync(key, records, record, progress, cancellation);
        }
        finally
        {
            _sent.Clear();
            _lines.Clear();
            // Also when it is broken off: beyond the dedupe window only the record keeps a good line from becoming two.
            if (record.Lines > 0)
                await records.StoreNextAsync(lake, key, record, CancellationToken.None);
        }
    }

    private async Task SendAllAsync(
        ObjectKey key, ReplayRecords records, LakeFile record, IProgress<ReplayReport>? progress, CancellationToken cancellation)
    {
        await foreach (var found in QuarantinedEvent.ReadAsync(lake, key, cancellation))
        {
            if (!filter.Takes(records.RulesOf(found)))
                continue;
            if (records.Done.Contains(found.Number))
            {
                Report.GoodBefore++;
                continue;
            }

            if (_sent.Count == BatchLinesMax || (_sent.Count > 0 && _lines.Length + found.Line.Length > BatchBytesMax))
                await SendAsync(key, record, progress, cancellation);
            _sent.Add((found.Number, found.Id));
            _lines.Write(found.Line.Span);
            _lines.Write((byte)'\n');
        }

        if (_sent.Count > 0)
            await SendAsync(key, record, progress, cancellation);
    }

    private async Task SendAsync(ObjectKey key, LakeFile record, IProgress<ReplayReport>? progress, CancellationToken cancellation)
    {
        var results = _lines.Length <= ReplayLimits.RequestBytesMax
            ? await client.SendAsync(key.Source, _lines.Memory, _sent.Count, cancellation)
            : [TooLong()];
        var now = Instant.From(TimeProvider.System.GetUtcNow());
        for (var i = 0; i < results.Count; i++)
        {
            Count(results[i]);
            if (isDryRun)
                continue;
            record.Add(new ReplayRecord(
                key.Key, _sent[i].Number, _sent[i].Id, results[i].Outcome, now, results[i].Errors).Render());
        }

        _sent.Clear();
        _lines.Clear();
        progress?.Report(Report);
    }

    private ReplayedLine TooLong() => new(_sent[0].Id, ReplayOutcome.Quarantined, [new EventError(
        "", EventRules.TooLarge, $"its line has {_lines.Length} bytes; a replay takes {ReplayLimits.RequestBytesMax}")]);

    private void Count(ReplayedLine line)
    {
        switch (line.Outcome)
        {
            case ReplayOutcome.Good:
                Report.Good++;
                break;
            case ReplayOutcome.Duplicate:
                Report.GoodBefore++;
                break;
            default:
                Report.AddBad(line.Errors ?? []);
                break;
        }
    }
}
