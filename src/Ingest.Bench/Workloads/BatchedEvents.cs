namespace Ingest.Bench;

/// <summary>W2: what servers send.</summary>
public sealed class BatchedEvents : Workload
{
    public override string Name => "W2";

    public override string About => "50 such events a request, 16 connections";

    public override int Connections => 16;

    public override int EventsPerRequest => 50;

    public override byte[] MakeBody(int number) => MakeArray(PageViews.Pool, number * EventsPerRequest, EventsPerRequest);
}
