using System.Text;
using System.Text.Json;
#if NET
using System.Text.Json.Serialization.Metadata;
#endif

namespace Ingest.Tracker;

/// <summary>
/// Tracks events. Each is in a local file before the call that tracks it returns, and stays there until a collector
/// answered with success; so it survives the end of the process, and collectors that are away for days. Thread-safe. Several
/// trackers and processes may share a file: one of them sends at a time.
/// </summary>
public sealed class IngestTracker : IAsyncDisposable
{
    /// <summary>Longest id, name and schema in characters: servers take 1 KiB of UTF-8.</summary>
    private const int TextMax = 255;

    /// <summary>Servers read 63 levels, of which the event around the data takes some.</summary>
    private const int DepthMax = 60;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly TrackerOptions _options;
    private readonly EventFile _file;
    private readonly Callbacks _callbacks;
    private readonly GroupCommit _commits;
    private readonly Sender _sender;
    private int _isClosed;

    private IngestTracker(TrackerOptions options, EventFile file)
    {
        _options = options;
        _file = file;
        _callbacks = new Callbacks(options);
        _commits = new GroupCommit(_file, _callbacks);
        _sender = new Sender(options, _file, _callbacks, new Random());
        _sender.Start();
    }

    /// <summary>Opens the file, and begins to send what is in it.</summary>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    /// <exception cref="TrackerFileException">The file cannot be used.</exception>
    public static IngestTracker Open(TrackerOptions options)
    {
        Guard.NotNull(options, nameof(options));
        var validated = options.Validated();
        var file = EventFile.Open(validated);
        try
        {
            return OfFile(() => new IngestTracker(validated, file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Stores an event; returns after the commit. It does not wait for any collector.</summary>
    /// <param name="name">What kind of event it is: 1 to 255 characters.</param>
    /// <param name="data">What it says: one JSON value in UTF-8, nested up to 60 levels.</param>
    /// <param name="schema">The Iglu URI of its schema; null for none, where the protocol allows it.</param>
    /// <param name="occurredAt">When it happened, by the device's clock; null for now.</param>
    /// <param name="eventId">Its identity for deduplication; null for a new UUID.</param>
    /// <exception cref="ArgumentException">An argument cannot be sent by the protocol, or the data are no JSON. Nothing else throws.</exception>
    public TrackResult Track(
        string name, ReadOnlyMemory<byte> data, string? schema = null, DateTimeOffset? occurredAt = null, string? eventId = null)
    {
        CheckText(name, nameof(name));
        if (schema is not null)
            CheckText(schema, nameof(schema));
        else
            Guard.That(!_options.Protocol!.NeedsSchema, "This protocol cannot carry an event without a schema.", nameof(schema));
        if (eventId is not null)
            CheckId(eventId);
        var json = data.ToArray();
        CheckJson(json);
        var body = new EventBody(eventId ?? Guid.NewGuid().ToString(), name, schema, json);
        return Store(new PendingTrack(body, EventTime.Now(_options.Clock, occurredAt)));
    }

    /// <summary>As above, of an element of a document.</summary>
    public TrackResult Track(
        string name, JsonElement data, string? schema = null, DateTimeOffset? occurredAt = null, string? eventId = null)
    {
        using var bytes = new MemoryStream();
        try
        {
            using var json = new Utf8JsonWriter(bytes);
            data.WriteTo(json);
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            throw new ArgumentException("The element is empty, or its document is disposed.", nameof(data), e);
        }
        return Track(name, Written(bytes), schema, occurredAt, eventId);
    }

#if NET
    /// <summary>As above, of a value with its serialization contract, which needs no reflection. What the value's own code throws is thrown.</summary>
    public TrackResult Track<T>(
        string name, T data, JsonTypeInfo<T> type, string? schema = null, DateTimeOffset? occurredAt = null, string? eventId = null) =>
        Track(name, JsonSerializer.SerializeToUtf8Bytes(data, type), schema, occurredAt, eventId);
#endif

    /// <summary>
    /// Waits until every event that is in the file now was delivered, or set aside, or dropped; it does not shorten pauses.
    /// </summary>
    /// <param name="cancellation">Ends the wait, with an <see cref="OperationCanceledException"/>. The events stay.</param>
    /// <returns>False where the tracker is closed before.</returns>
    public async Task<bool> FlushAsync(CancellationToken cancellation = default)
    {
        try
        {
            return await _sender.FlushAsync(cancellation).ConfigureAwait(false);
        }
        catch (SqliteFault)
        {
            return false;
        }
    }

    /// <summary>What became of all events of this file so far.</summary>
    /// <exception cref="TrackerFileException">The file cannot be read, or the tracker is closed.</exception>
    public TrackerStats ReadStats()
    {
        var stats = OfFile(_file.ReadStats);
        stats.Problem = _callbacks.LastProblem;
#if NET
        stats.RegionListsRefused = _sender.RegionListsRefused;
#endif
        return stats;
    }

    /// <summary>Events that a collector refused by themselves, the first to be refused first.</summary>
    /// <param name="lettersMax">Most of them to read.</param>
    /// <exception cref="TrackerFileException">The file cannot be read, or the tracker is closed.</exception>
    public IReadOnlyList<DeadLetter> ReadDeadLetters(int lettersMax = 100) => OfFile(() => _file.ReadDeadLetters(lettersMax));

    /// <summary>
    /// Puts all events that were set aside behind those that wait, as after the collector was mended. However old they are,
    /// they are sent.
    /// </summary>
    /// <returns>How many they were.</returns>
    /// <exception cref="TrackerFileException">The file cannot be written, or the tracker is closed.</exception>
    public long RetryDeadLetters()
    {
        var count = OfFile(_file.RequeueDeadLetters);
        _sender.Wake();
        return count;
    }

    /// <summary>Stops sending and closes the file, at once; what was not delivered is sent after the next opening.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 1)
            return;
        await _sender.StopAsync().ConfigureAwait(false);
        _file.Dispose();
        _sender.Dispose();
    }

    private TrackResult Store(PendingTrack track)
    {
        if (track.Body.Bytes > _options.EventBytesMax)
        {
            _file.CountDrop(DropReason.TooLarge);
            _callbacks.Dropped([track.Dropped(DropReason.TooLarge)]);
            return TrackResult.TooLarge;
        }
        var result = _commits.Add(track);
        if (result == TrackResult.Stored)
            _sender.Wake();
        return result;
    }

    private void CheckId(string eventId)
    {
        CheckText(eventId, nameof(eventId));
        Guard.That(
            !_options.Protocol!.NeedsUuid || Guid.TryParseExact(eventId, "D", out _), "This protocol has only UUIDs as ids.", nameof(eventId));
    }

    private static void CheckText(string text, string argument)
    {
        Guard.NotNull(text, argument);
        Guard.That(text.Length is >= 1 and <= TextMax && !text.Any(char.IsControl), "It has 1 to 255 characters, none of them a control.", argument);
    }

    private static void CheckJson(byte[] data)
    {
        try
        {
            // The reader does not look into strings.
            StrictUtf8.GetCharCount(data);
            var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = DepthMax });
            while (reader.Read())
            {
            }
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            throw new ArgumentException("The data are no JSON: " + e.Message, nameof(data), e);
        }
    }

    private static ReadOnlyMemory<byte> Written(MemoryStream bytes) => new(bytes.GetBuffer(), 0, (int)bytes.Length);

    private static T OfFile<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteFault fault)
        {
            throw new TrackerFileException(fault.Message, fault);
        }
    }
}
