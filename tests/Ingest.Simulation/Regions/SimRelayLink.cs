using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>The line from a receiver's process to the primary: chunks get lost, or their answers, and some arrive twice, late and in any order.</summary>
internal sealed class SimRelayLink(TwoRegions both, SimProcess process) : IRelayLink
{
    private static readonly TimeSpan DoubleDelayMax = TimeSpan.FromMinutes(2);

    private readonly Simulation _simulation = both.Simulation;

    public string Description => "the primary";

    public async ValueTask<RelayAnswer> DeliverAsync(RelayChunk chunk, CancellationToken cancellation)
    {
        var sent = chunk with { Bytes = chunk.Bytes.ToArray() };
        if (_simulation.Chance.Happens(both.Doubles))
        {
            // From nowhere: the process that sent it may be gone by then.
            _simulation.Schedule(
                both.Clients, _simulation.Chance.Skewed(TimeSpan.FromMilliseconds(1), DoubleDelayMax), _ => both.Clients.Start(() => SendAgainAsync(sent)), null);
        }

        try
        {
            return await SendAsync(process, sent).WaitAsync(cancellation);
        }
        catch (NetworkException exception)
        {
            return new RelayAnswer(RelayOutcome.Unreachable, Detail: exception.Message);
        }
    }

    private async Task SendAgainAsync(RelayChunk chunk)
    {
        try
        {
            await SendAsync(both.Clients, chunk);
        }
        catch (NetworkException)
        {
            // Nobody waits for it.
        }
    }

    private Task<RelayAnswer> SendAsync(SimProcess from, RelayChunk chunk)
    {
        var serving = both.Primary.Hosts.Where(host => host.IsServing).ToList();
        if (serving.Count == 0)
            throw new NetworkException("connection refused");
        var target = _simulation.Chance.OfList(serving);
        return both.Line.CallAsync(from, target.Process, () => target.Relaying!.TakeAsync(chunk));
    }
}
