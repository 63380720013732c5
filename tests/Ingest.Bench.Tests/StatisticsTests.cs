namespace Ingest.Bench.Tests;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(new double[] { 5 }, 5)]
    [InlineData(new double[] { 9, 1, 5 }, 5)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 2.5)]
    public void The_median_is_the_middle(double[] values, double median)
    {
        var figure = new Measurement("W1", "node", "x", values, "ms");
        Assert.Equal(median, figure.Median);
        Assert.Equal((values.Min(), values.Max()), (figure.Min, figure.Max));
    }

    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(1, 100)]
    public void A_percentile_covers_its_share(double share, double milliseconds)
    {
        var counts = new LatencyCounts();
        foreach (var time in Enumerable.Range(1, 100).Reverse())
            counts.Add(TimeSpan.FromMilliseconds(time));
        Assert.InRange(counts.Percentile(share), milliseconds, milliseconds + 0.1);
    }

    [Fact]
    public void Times_beyond_the_scale_count_as_its_ends()
    {
        var counts = new LatencyCounts();
        Assert.Equal(0, counts.Percentile(0.5));
        counts.Add(TimeSpan.FromMilliseconds(-3));
        Assert.InRange(counts.Percentile(1), 0, 0.1);
        counts.Add(TimeSpan.FromMinutes(1));
        Assert.InRange(counts.Percentile(1), 10_000, 10_001);
    }

    [Fact]
    public void Ratios_are_taken_round_by_round()
    {
        Measurement[] figures =
        [
            new("W1-burst", "floor", "events_per_s", [100, 200], "events/s"),
            new("W1-burst", "node", "events_per_s", [50, 150], "events/s"),
            new("W1-burst", "node", "p99_ms", [3, 4], "ms"),
            new("W4-burst", "floor", "events_per_s", [80, 100], "events/s"),
            new("W4-burst", "node", "events_per_s", [20, 90], "events/s"),
        ];
        var toFirst = Ratios.ToFirst(figures, "events_per_s").ToList();
        Assert.Equal(["W1-burst", "W4-burst"], toFirst.Select(ratio => ratio.Workload));
        Assert.All(toFirst, ratio => Assert.Equal(("node", "of_floor", "ratio"), (ratio.Subject, ratio.Metric, ratio.Unit)));
        Assert.Equal([0.5, 0.75], toFirst[0].Values);
        var toWorkload = Ratios.ToWorkload(figures, "events_per_s", "W4-burst", "W1-burst").ToList();
        Assert.Equal(["floor", "node"], toWorkload.Select(ratio => ratio.Subject));
        Assert.Equal([0.4, 0.6], toWorkload[1].Values);
        Assert.Empty(Ratios.ToWorkload(figures, "events_per_s", "W4-burst", "W2-burst"));
    }

    [Fact]
    public void Differences_are_for_each_event_of_the_load()
    {
        var before = new Observation(new ProcessUse(100, TimeSpan.FromSeconds(1), 10), 1000) { AllocatedBytes = 5000, Machine = new MachineTime(1000, 100) };
        var after = new Observation(new ProcessUse(300, TimeSpan.FromSeconds(3), null), 4000) { AllocatedBytes = 9000, UnexpectedEvents = 0, Machine = new MachineTime(5000, 300) };
        var sample = new Sample(TimeSpan.FromMilliseconds(7), before, new LoadResult(900, 1000, 300_000, 10, 0, 1, 2), after);
        var values = MetricCatalogue.All.ToDictionary(metric => metric.Name, metric => metric.Of(sample), StringComparer.Ordinal);
        Assert.Equal(90, values["events_per_s"]);
        Assert.Equal(2000, values["cpu_us_per_event"]);
        Assert.Equal(0.05, values["stolen_share"]);
        Assert.Equal(4, values["allocated_bytes_per_event"]);
        Assert.Equal(0.01, values["journal_bytes_per_event_byte"]);
        Assert.Equal(300, values["resident_bytes"]);
        Assert.Equal(7, values["start_to_ready_ms"]);
        // What the subject or the trial does not say is no zero.
        Assert.Null(values["written_bytes_per_event_byte"]);
        Assert.Null(values["half_load_p99_ms"]);
        Assert.Null(values["shipped_share"]);
    }

    [Theory]
    [InlineData("cpu  7549786 197900 860741 2335265 38481 5 65648 259408 7 3", 11_307_234L, 259_408L)]
    [InlineData("cpu 1 2 3 4", null, null)]
    public void Stolen_time_is_read_from_the_line_of_all_processors(string line, long? all, long? stolen)
    {
        var time = MachineTime.Parse(line);
        Assert.Equal((all, stolen), (time?.All, time?.Stolen));
    }

    [Fact]
    public void Metrics_have_names_of_their_own() =>
        Assert.Equal(MetricCatalogue.All.Count, MetricCatalogue.All.Select(metric => metric.Name).Distinct(StringComparer.Ordinal).Count());
}
