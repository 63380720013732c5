namespace Ingest.Tracker;

/// <summary>
/// The Snowplow tracker protocol: <c>POST /com.snowplowanalytics.snowplow/tp2</c>. Events are self-describing, so each
/// needs a schema; names are not sent, since the schema has one. Ids are UUIDs.
/// </summary>
public sealed class SnowplowProtocol : TrackerProtocol
{
    /// <param name="appId">The app id (<c>aid</c>), by which collectors tell applications apart.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public SnowplowProtocol(string appId)
    {
        Guard.That(!string.IsNullOrEmpty(appId), "The app id must be given.", nameof(appId));
        AppId = appId;
    }

    public string AppId { get; }

    /// <summary>The platform (<c>p</c>), such as <c>srv</c>, <c>pc</c>, <c>mob</c>, <c>app</c>.</summary>
    public string Platform { get; set; } = "pc";

    /// <summary>The name of this tracker in the application (<c>tna</c>); null for none.</summary>
    public string? TrackerNamespace { get; set; }

    /// <summary>Whether data go as base64 (<c>ue_px</c>) rather than as text (<c>ue_pr</c>).</summary>
    public bool EncodesBase64 { get; set; }

    /// <summary>
    /// Most bytes of a request, 1,000 at least; a larger event goes alone. What the official trackers use is the default.
    /// </summary>
    /// <exception cref="ArgumentException">It is less.</exception>
    public int RequestBytesMax
    {
        get;
        set
        {
            Guard.That(value >= 1_000, "It is 1,000 at least.", nameof(RequestBytesMax));
            field = value;
        }
    } = 40_000;

    internal override string Path => "com.snowplowanalytics.snowplow/tp2";

    internal override int BatchBytesMax => RequestBytesMax;

    internal override bool NeedsSchema => true;

    internal override bool NeedsUuid => true;

    // The collectors of Snowplow do not unpack.
    internal override bool CanCompress => false;

    internal override IEventWriter NewBody() => new SnowplowBody(this);

    internal override void Sign(HttpRequestMessage request)
    {
    }
}
