using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>A query stands in each event of a POST: what that may cost is bounded, and nothing of it is lost.</summary>
public sealed class QueryLimitTests
{
    private static readonly CollectorLimits Small = new()
    {
        BodyBytesMax = 100_000,
        DecompressedBytesMax = 300_000,
        BytesInFlightMax = 3_000_000,
        EventsMax = 1000,
    };

    [Fact]
    public async Task A_query_that_would_make_the_body_too_large_is_kept_once_beside_it()
    {
        await using var host = await StartAsync(Small);
        var body = Tracker.Payload([.. Enumerable.Repeat(Tracker.Item(), 1000)]);
        var url = new string('x', 1000);

        await host.Client.PostAsync(body, Tracker.Path + "?url=" + url).OkAsync();

        Assert.Equal([body, $$"""{"url":"{{url}}"}"""], host.Intake.Events.Select(e => e.Text));
        Assert.All(host.Intake.Events, e => Assert.Contains("too large", e.SingleError(EventRules.Protocol).Found, StringComparison.Ordinal));
        Assert.NotNull(LonePart.ReasonIn([host.Intake.Events[0].SingleError(EventRules.Protocol)]));
        Assert.Equal(0, host.App.Gate.Bytes);
    }

    [Fact]
    public async Task What_a_query_adds_to_the_body_counts_as_in_flight()
    {
        await using var host = await StartAsync(Small);
        var inFlight = 0L;
        host.Intake.Decide = (_, batch) =>
        {
            inFlight = host.App.Gate.Bytes;
            return ValueTask.FromResult(new IntakeResult(IntakeOutcome.Stored, batch.Events.Length));
        };
        var body = Tracker.Payload([.. Enumerable.Repeat(Tracker.Item(), 100)]);

        await host.Client.PostAsync(body, Tracker.Path + "?url=" + new string('x', 2000)).OkAsync();

        Assert.InRange(inFlight, (100 * 2000) + (2 * body.Length), Small.BytesInFlightMax);
        Assert.Equal(0, host.App.Gate.Bytes);
    }

    [Fact]
    public async Task What_a_query_adds_is_refused_where_there_is_no_room()
    {
        await using var host = await StartAsync(Small with { BytesInFlightMax = 150_000 });
        var body = Tracker.Payload([.. Enumerable.Repeat(Tracker.Item(), 100)]);

        using var response = await host.Client.PostAsync(body, Tracker.Path + "?url=" + new string('x', 2000));

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Empty(host.Intake.Batches);
        Assert.Equal(0, host.App.Gate.Bytes);
    }

    [Theory]
    [InlineData(QueryObject.ParametersMax, true)]
    [InlineData(QueryObject.ParametersMax + 1, false)]
    public async Task A_query_of_too_many_parameters_is_kept_as_text(int count, bool isTaken)
    {
        await using var host = await StartAsync(new CollectorLimits());
        var query = string.Join('&', Enumerable.Range(0, count).Select(i => $"x{i}=1"));

        await host.Client.GetAsync("/i?" + query).OkAsync();

        Assert.Equal(isTaken ? PayloadKind.Json : PayloadKind.Text, host.Intake.Single.Kind);
        if (!isTaken)
        {
            Assert.Equal(query, host.Intake.Single.Text);
            Assert.Contains("parameters", host.Intake.Single.SingleError(EventRules.Protocol).Found, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Events_beside_a_query_of_too_many_parameters_are_taken()
    {
        await using var host = await StartAsync(new CollectorLimits());
        var query = string.Concat(Enumerable.Repeat("e=pv&", QueryObject.ParametersMax + 1));

        await host.Client.PostAsync(Tracker.Payload(Tracker.Item()), Tracker.Path + "?" + query).OkAsync();

        Assert.Equal(query, Assert.Single(host.Intake.Events, e => e.Errors.Count > 0).Text);
        Assert.Single(host.Intake.Events, e => e.Errors.Count == 0);
    }

    private static Task<CollectorHost> StartAsync(CollectorLimits limits) =>
        CollectorHost.StartAsync(new CollectorSettings { Limits = limits });
}
