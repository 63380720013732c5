using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Hosting;

/// <summary>The spill of one process, put together: the way in, the way out, and what an operator sees of it.</summary>
public sealed class SpillHost : IAsyncDisposable
{
    private readonly ISpill _spill;
    private readonly JournalReach _reach;
    private readonly SpillDrain _drain;
    private readonly bool _takesEvents;

    /// <param name="spill">Where requests are kept; disposed with the host.</param>
    /// <param name="journal">The way to the partitions.</param>
    /// <param name="health">What is known of the journal.</param>
    /// <param name="takesEvents">False where an earlier run left something and nothing new is to come.</param>
    /// <param name="options">Limits of the runtime.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="log">Operational events.</param>
    public SpillHost(
        ISpill spill,
        IIntake journal,
        StorageHealth health,
        bool takesEvents,
        HostingOptions options,
        TimeProvider time,
        HostingLog log)
    {
        (_spill, _takesEvents) = (spill, takesEvents);
        _reach = new JournalReach(health, options.SpillFailuresMax);
        _drain = new SpillDrain(spill, journal, _reach, options, time, log);
        Intake = takesEvents ? new SpillingIntake(journal, spill, _reach, time, log) : journal;
        if (takesEvents)
            health.HasOtherRoom = () => spill.HasRoom;
    }

    /// <summary>Where the collector offers events.</summary>
    public IIntake Intake { get; }

    /// <summary>What an operator sees of it.</summary>
    public SpillReport Report
    {
        get
        {
            var status = _spill.Status;
            return new SpillReport(
                status.Events, status.Bytes, _spill.BytesMax, status.Oldest, _drain.Drained, status.SetAside, _takesEvents ? _reach.Away : null);
        }
    }

    /// <summary>Drains whatever there is, until cancelled.</summary>
    public Task RunAsync(CancellationToken stop) => _drain.RunAsync(stop);

    /// <summary>At the end, when no request is under way any more: drains for a while, and says what stays.</summary>
    public Task FinishAsync(TimeSpan patience) => _drain.FinishAsync(patience);

    public ValueTask DisposeAsync() => _spill.DisposeAsync();
}
