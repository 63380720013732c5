namespace Ingest.Bench;

/// <summary>What clients send, how they send it, and how the product is configured for it.</summary>
public abstract class Workload
{
    /// <summary>Its short name, as in reports.</summary>
    public abstract string Name { get; }

    /// <summary>For people.</summary>
    public abstract string About { get; }

    /// <summary>Keep-alive connections; each has one request under way.</summary>
    public abstract int Connections { get; }

    /// <summary>Events in one request.</summary>
    public abstract int EventsPerRequest { get; }

    /// <summary>Sources that the requests go to, at random.</summary>
    public virtual int Sources => 1;

    /// <summary>Name of the workload that shows what is special about this one; null where there is none.</summary>
    public virtual string? ComparedWith => null;

    /// <summary>Where the product takes it.</summary>
    public virtual string IngestPath => "/v1/events/" + BenchSource.NameOf(0, Sources);

    /// <summary>The file of each of its sources.</summary>
    public virtual string SourceFile => $$"""{ "writeKeys": ["{{BenchSource.WriteKey}}"], "unknownSchema": "accept" }""";

    /// <summary>Schemas by their path below <c>schemas</c>.</summary>
    public virtual IReadOnlyDictionary<string, string> Schemas => new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How it is loaded and what is observed.</summary>
    internal virtual ITrial Trial => FullAndHalfLoad.Instance;

    /// <summary>One body of a request, with <see cref="EventPool.IdPlace"/> where ids go.</summary>
    /// <param name="number">Bodies whose numbers are close to each other have different events.</param>
    public abstract byte[] MakeBody(int number);

    private protected static byte[] MakeArray(EventPool pool, int first, int count)
    {
        var body = new List<byte>(count * 400) { (byte)'[' };
        pool.Write(body, first, count);
        body.Add((byte)']');
        return [.. body];
    }
}
