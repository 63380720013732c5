using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>The way of a promoted region's backlog: into its own intake.</summary>
public sealed class LocalRelayLink(RelayIntake intake) : IRelayLink
{
    public string Description => "this region";

    public async ValueTask<RelayAnswer> DeliverAsync(RelayChunk chunk, CancellationToken cancellation) =>
        await intake.AcceptAsync(chunk, cancellation);
}
