namespace Ingest.Bench;

/// <summary>W2-plain: W2 with events of 20 properties, whose schema nobody has.</summary>
public class UnvalidatedEvents : Workload
{
    public override string Name => "W2-plain";

    public override string About => "50 events of 20 properties (about 650 bytes) a request, 16 connections, no schema";

    public override int Connections => 16;

    public override int EventsPerRequest => 50;

    public override byte[] MakeBody(int number) => MakeArray(PageVisits.Pool, number * EventsPerRequest, EventsPerRequest);
}
