namespace Ingest.Collector;

/// <summary>What the lake line's <c>collector.protocol</c> says. A stored event is read again by it, so names stay.</summary>
public static class ProtocolNames
{
    /// <summary>Plain JSON.</summary>
    public const string Json = "json";

    /// <summary>The tracker protocol's POST.</summary>
    public const string SnowplowPost = "snowplow-tp2";

    /// <summary>The tracker protocol's GET and HEAD.</summary>
    public const string SnowplowGet = "snowplow-get";
}
