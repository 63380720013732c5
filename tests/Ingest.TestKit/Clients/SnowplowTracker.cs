using System.Globalization;
using System.Text.Json;

namespace Ingest.TestKit;

/// <summary>The official Snowplow tracker in a process of its own, as <c>js/track.mjs</c> drives it.</summary>
public sealed class SnowplowTracker : IAsyncDisposable
{
    private readonly ConservationOracle _oracle;
    private readonly ChildProcess _process;

    private SnowplowTracker(ConservationOracle oracle, Uri collector, int eventsPerSecond)
    {
        _oracle = oracle;
        string[] arguments =
        [
            Path.Combine(Repository.Js, "track.mjs"), collector.GetLeftPart(UriPartial.Authority),
            eventsPerSecond.ToString(CultureInfo.InvariantCulture),
        ];
        _process = ChildProcess.Start("node", arguments, onLine: OnLine);
    }

    /// <summary>Number of requests that did not succeed.</summary>
    public Counter Failures { get; } = new();

    /// <summary>Begins to send events, and to tell the oracle of them.</summary>
    public static SnowplowTracker Start(ConservationOracle oracle, Uri collector, int eventsPerSecond)
    {
        NodeModules.Require();
        return new SnowplowTracker(oracle, collector, eventsPerSecond);
    }

    /// <summary>Ends the events, and waits until the tracker has counted every one as sent.</summary>
    public async Task FinishAsync()
    {
        _process.Input.Close();
        var exitCode = await _process.WaitAsync(Deadline.Delivery);
        Assert.True(exitCode == 0, $"The tracker left with exit code {exitCode}:\n{_process.Output}");
        Progress.Write($"The tracker has sent everything; {Failures.Value} of its requests failed.");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private void OnLine(string line)
    {
        var message = JsonElement.Parse(line);
        if (message.TryGetProperty("tracked", out var tracked))
            _oracle.Expect(Expected(tracked, message));
        else if (message.TryGetProperty("acknowledged", out var acknowledged))
            AcknowledgeAll(acknowledged);
        else
            Failures.Add(1);
    }

    private static ExpectedEvent Expected(JsonElement tracked, JsonElement message)
    {
        var sent = SnowplowPayload.FieldsOf(tracked);
        var rule = message.TryGetProperty("rule", out var named) ? named.GetString() : null;
        return new ExpectedEvent(
            sent["eid"], message.GetProperty("stream").GetString()!, rule, line => SnowplowPayload.Difference(sent, line));
    }

    private void AcknowledgeAll(JsonElement ids)
    {
        foreach (var id in ids.EnumerateArray())
            _oracle.Acknowledge(id.GetString()!);
    }
}
