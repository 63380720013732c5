using System.Net.Http.Headers;

namespace Ingest.Tracker;

/// <summary>Plain JSON of Orleans.Ingest: <c>POST /v1/events/SOURCE</c> with a write key.</summary>
public sealed class IngestProtocol : TrackerProtocol
{
    private readonly AuthenticationHeaderValue _authorization;

    /// <param name="source">The source, as it is configured at the server.</param>
    /// <param name="writeKey">One of its write keys.</param>
    /// <exception cref="ArgumentException">One of them has characters that no source or key has.</exception>
    public IngestProtocol(string source, string writeKey)
    {
        Guard.NotNull(source, nameof(source));
        Guard.NotNull(writeKey, nameof(writeKey));
        Guard.That(source.Length is >= 1 and <= 64 && source.All(IsPlain), "A source is 1 to 64 of a-z 0-9 _ - .", nameof(source));
        Guard.That(writeKey.Length is >= 1 and <= 128 && writeKey.All(IsPlain), "A write key is up to 128 of A-Z a-z 0-9 _ - .", nameof(writeKey));
        Path = "v1/events/" + source;
        _authorization = new AuthenticationHeaderValue("Bearer", writeKey);
    }

    internal override string Path { get; }

    // A server takes 2 MiB as sent and 10 MiB unpacked; a lost request should not cost much.
    internal override int BatchBytesMax => 512 << 10;

    internal override bool NeedsSchema => false;

    internal override bool NeedsUuid => false;

    internal override bool CanCompress => true;

    internal override IEventWriter NewBody() => new IngestBody();

    internal override void Sign(HttpRequestMessage request) => request.Headers.Authorization = _authorization;

    private static bool IsPlain(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-' or '.';
}
