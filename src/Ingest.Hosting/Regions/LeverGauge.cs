using System.Diagnostics.Metrics;
using Ingest.Regions;

namespace Ingest.Hosting;

/// <summary>The present weights as a metric: <c>ingest.region.weight</c> of the meter <c>Ingest.Regions</c>, in percent, by region.</summary>
internal sealed class LeverGauge : IDisposable
{
    private readonly Meter _meter = new("Ingest.Regions");
    private volatile RegionWeights? _weights;

    public LeverGauge() => _meter.CreateObservableGauge("ingest.region.weight", Measure, "%", "Share of traffic that the lever gives a region");

    /// <summary>Shows these weights; nothing where they are not known.</summary>
    public void Show(RegionWeights? weights) => _weights = weights;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Measure() =>
        _weights?.All.Select(weight => new Measurement<int>(weight.Value, new KeyValuePair<string, object?>("region", weight.Key))) ?? [];
}
