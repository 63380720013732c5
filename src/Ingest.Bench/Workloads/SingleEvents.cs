namespace Ingest.Bench;

/// <summary>W1: what many small clients send.</summary>
public class SingleEvents : Workload
{
    public override string Name => "W1";

    public override string About => "one event of about 300 bytes a request, 64 connections";

    public override int Connections => 64;

    public override int EventsPerRequest => 1;

    public override byte[] MakeBody(int number) => PageViews.Pool[number].ToArray();
}
