using Ingest.Engine;

namespace Ingest.Silo;

/// <summary>The way in of a silo that is no frontend.</summary>
internal sealed class NoIntake : IIntake
{
    public ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch) =>
        ValueTask.FromResult(IntakeResult.Unavailable("this silo takes no events from clients: its role is worker"));
}
