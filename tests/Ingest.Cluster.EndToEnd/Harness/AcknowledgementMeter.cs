using System.Globalization;

namespace Ingest.Cluster.EndToEnd;

/// <summary>Measures gaps between acknowledgements of clients that have no meter of their own.</summary>
internal sealed class AcknowledgementMeter : IDisposable
{
    private readonly IntakeMeter _meter = new();
    private readonly Counter _acknowledged;
    private volatile bool _ended;

    private AcknowledgementMeter(Counter acknowledged)
    {
        _acknowledged = acknowledged;
        _ = WatchAsync();
    }

    public static AcknowledgementMeter Start(ConservationOracle oracle) => new(oracle.Acknowledged);

    /// <summary>What was seen since the start.</summary>
    public string Read()
    {
        var report = _meter.Read();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Lasted.TotalSeconds:0.0} s; nothing acknowledged for {report.InGaps.TotalSeconds:0.0} s in all (gaps over 1 s), longest gap {report.LongestGap.TotalSeconds:0.0} s");
    }

    public void Dispose() => _ended = true;

    private async Task WatchAsync()
    {
        while (!_ended)
        {
            await _acknowledged.AtLeastAsync(_acknowledged.Value + 1, Deadline.Delivery);
            _meter.Succeeded(TimeSpan.Zero);
        }
    }
}
