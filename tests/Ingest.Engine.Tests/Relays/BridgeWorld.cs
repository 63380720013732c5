using System.Security.Cryptography;
using System.Text;

namespace Ingest.Engine.Tests;

/// <summary>A receiver's lake, a primary and the line between them; checks at every deletion that nothing is lost.</summary>
internal sealed class BridgeWorld : IRelayLink, IRelayRoute
{
    public const string Region = "west";

    private readonly Random _random;
    private readonly Dictionary<string, string[]> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _hashes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _stored = new(StringComparer.Ordinal);
    private readonly HashSet<string> _delivered = new(StringComparer.Ordinal);

    public BridgeWorld(int seed)
    {
        _random = new Random(seed);
        Lake = new WatchedLake(this);
        Link = this;
        Bridge = Start();
    }

    public static RelayLimits Limits { get; } = new() { ChunkLinesMax = 3, ChunkBytesMax = 60, WindowMax = 4, RestMin = TimeSpan.FromSeconds(10), RestMax = TimeSpan.FromMinutes(10) };

    public WatchedLake Lake { get; }

    public BridgeTime Time { get; } = new();

    /// <summary>The receiver's journal; knows what a test ships in it.</summary>
    public ModelJournal Journal { get; } = new();

    public IRelayLink? Link { get; set; }

    public string? Unknown { get; set; }

    /// <summary>Whether the primary does not know the source of what it refuses.</summary>
    public bool RefusesSources { get; set; }

    /// <summary>Name of the region that answers.</summary>
    public string? Answering { get; set; } = "east";

    /// <summary>Events taken, counted each time.</summary>
    public int Taken { get; private set; }

    /// <summary>Chunks that a primary saw.</summary>
    public int Chunks { get; private set; }

    /// <summary>Chunks that were refused.</summary>
    public int Refusals { get; private set; }

    /// <summary>Deletions fail.</summary>
    public bool IsLocked { get; set; }

    /// <summary>The primary forgets all ids, as when they left its dedupe window.</summary>
    public void ForgetIds() => _stored.Clear();

    public Bridge Bridge { get; private set; }

    /// <summary>Of 100 calls those that go wrong.</summary>
    public int FaultPercent { get; set; }

    /// <summary>Called before each chunk.</summary>
    public Action<RelayChunk>? OnChunk { get; set; }

    /// <summary>Objects whose chunks never get an answer.</summary>
    public HashSet<string> Silent { get; } = new(StringComparer.Ordinal);

    /// <summary>Objects that the primary refuses.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Objects in the order in which their first line came.</summary>
    public List<string> Order { get; } = [];

    public string Description => "the model";

    /// <summary>Events that the primary holds.</summary>
    public IReadOnlySet<string> Stored => _stored;

    public IReadOnlyCollection<string> Events => [.. _lines.Values.SelectMany(lines => lines)];

    public string Add(string source, int hour, int seq, int lines)
    {
        var key = $"relay/source={source}/dt=2026-11-21/hr={hour:D2}/{source}-0-abcdefgh-{seq:D12}-{seq:D12}.json.gz";
        Put(key, source, hour, seq, lines);
        return key;
    }

    /// <summary>Puts an object there, new or in place of another.</summary>
    public void Put(string key, string source, int hour, int seq, int lines)
    {
        _lines[key] = [.. Enumerable.Range(0, lines).Select(line => $"{source} {hour} {seq} {line} {new string('x', _random.Next(40))}\n")];
        var bytes = GzipMember.Compress(Encoding.UTF8.GetBytes(string.Concat(_lines[key])));
        _hashes[key] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Lake.Objects[key] = bytes;
    }

    /// <summary>Notes in the journal what it shipped under a key.</summary>
    public void NoteShipped(string key)
    {
        Assert.True(LakeLayout.TryReadRelayKey(key, out var source, out var hour));
        var batch = new Batch(new PartitionId(RelaySource.Of(source), 0), LakeStream.Good, hour, 1, 1, 1, 1, 1, 1, hour.Start, SealReason.Age);
        Journal.Shipped[new BatchId(batch.Partition, Journal.Shipped.Count, batch.Stream)] =
            new ShippedBatch(batch, new ShippedObject(key, Lake.Objects[key].Length, _hashes[key], hour.End));
    }

    /// <summary>The process that holds the bridge dies, and another one takes its place.</summary>
    public void Restart() => Bridge = Start();

    /// <summary>Gives turns until nothing is left, or so many were not enough.</summary>
    public async Task<bool> RunAsync(int turnsMax)
    {
        for (var turn = 0; turn < turnsMax; turn++)
        {
            try
            {
                Time.Advance(await Bridge.TurnAsync(CancellationToken.None));
            }
            catch (CrashException)
            {
                Restart();
            }

            if (!Lake.Objects.Keys.Any(key => key.StartsWith("relay/", StringComparison.Ordinal)))
                return true;
        }

        return false;
    }

    public ValueTask LookAsync(CancellationToken cancellation) => default;

    public ValueTask<RelayAnswer> DeliverAsync(RelayChunk chunk, CancellationToken cancellation)
    {
        Assert.Equal(Region, chunk.Region);
        Assert.Equal(_hashes[chunk.ObjectKey], chunk.ObjectSha256);
        Chunks++;
        OnChunk?.Invoke(chunk);
        if (Silent.Contains(chunk.ObjectKey))
            return new(new RelayAnswer(RelayOutcome.Unreachable, Detail: "500 at this object alone"));
        if (Refused.Contains(chunk.ObjectKey))
        {
            Refusals++;
            return new(new RelayAnswer(RefusesSources ? RelayOutcome.UnknownSource : RelayOutcome.Refused, Detail: "no such source"));
        }

        var isLost = false;
        if (_random.Next(100) < FaultPercent)
        {
            switch (_random.Next(4))
            {
                case 0:
                    return new(new RelayAnswer(RelayOutcome.Busy, Detail: "busy", RetryAfter: TimeSpan.FromSeconds(1)));
                case 1:
                    return new(new RelayAnswer(RelayOutcome.Unreachable, Detail: "no connection"));
                case 2:
                    throw new CrashException();
                default:
                    isLost = true;
                    break;
            }
        }

        var answer = Take(chunk);
        return new(isLost ? new RelayAnswer(RelayOutcome.Unreachable, Detail: "the answer was lost") : answer);
    }

    private RelayAnswer Take(RelayChunk chunk)
    {
        var lines = Encoding.UTF8.GetString(chunk.Bytes.Span).Split('\n')[..^1].Select(line => line + "\n").ToList();
        var all = _lines[chunk.ObjectKey];
        Assert.Equal(all.Skip((int)chunk.FirstLine).Take(chunk.Lines), lines);
        Assert.Equal(chunk.FirstLine + chunk.Lines == all.Length, chunk.IsLast);
        Assert.True(lines.Count == 1 || (lines.Count <= Limits.ChunkLinesMax && chunk.Bytes.Length <= Limits.ChunkBytesMax));
        if (!Order.Contains(chunk.ObjectKey))
            Order.Add(chunk.ObjectKey);
        if (_delivered.Contains(chunk.ObjectKey))
            return new RelayAnswer(RelayOutcome.AlreadyDelivered, Region: Answering);
        var accepted = lines.Count(_stored.Add);
        Taken += accepted;
        if (chunk.IsLast)
            _delivered.Add(chunk.ObjectKey);
        return new RelayAnswer(RelayOutcome.Stored, accepted, Duplicates: lines.Count - accepted, Region: Answering);
    }

    private Bridge Start() => new(Lake, Journal, this, Region, Limits, TimeSpan.FromMinutes(5), Time, _random);

    private bool IsFault() => _random.Next(100) < FaultPercent;

    public sealed class CrashException : Exception;

    /// <summary>A lake that fails now and then, before or after the fact.</summary>
    public sealed class WatchedLake(BridgeWorld world) : ILake
    {
        private readonly ModelLake _inner = new();

        public IDictionary<string, byte[]> Objects => _inner.Objects;

        public string Description => _inner.Description;

        public async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
        {
            if (world.IsFault())
                return new PutResult(PutOutcome.Throttled, "slow down");
            var result = await _inner.PutAsync(lakeObject, cancellation);
            return world.IsFault() ? new PutResult(PutOutcome.Unreachable, "the answer was lost") : result;
        }

        public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation) => _inner.FindAsync(key, cancellation);

        public IAsyncEnumerable<LakeEntry> ListAsync(string prefix, CancellationToken cancellation) => world.IsFault()
            ? throw new LakeUnavailableException("no listing")
            : _inner.ListAsync(prefix, cancellation);

        /// <summary>Events go to another primary than the model.</summary>
        public bool SkipsChecks { get; set; }

        /// <summary>Reads never end.</summary>
        public bool Hangs { get; set; }

        public async ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation)
        {
            if (Hangs)
                await Task.Delay(Timeout.Infinite, cancellation);
            return world.IsFault() ? throw new LakeUnavailableException("no reading") : await _inner.OpenReadAsync(key, cancellation);
        }

        public async ValueTask DeleteAsync(string key, CancellationToken cancellation)
        {
            // What must hold before an object leaves.
            if (!SkipsChecks)
                Assert.All(world._lines[key], line => Assert.Contains(line, world._stored));
            var record = await LakeDocument.FindAsync(_inner, LakeLayout.BridgedKey(key), RelayFormat.Default.BridgedObject, cancellation);
            Assert.NotNull(record);
            Assert.Equal((key, (long)world._lines[key].Length, world._hashes[key]), (record.Key, record.Lines, record.Sha256));
            Assert.Equal(record.Lines, record.Accepted + record.Quarantined + record.Duplicates);
            if (world.IsLocked || world.IsFault())
                throw new LakeUnavailableException("not deleted");
            await _inner.DeleteAsync(key, cancellation);
            if (world.IsFault())
                throw new LakeUnavailableException("the answer was lost");
        }
    }

    /// <summary>A clock on which pauses pass at once; time-outs never come.</summary>
    public sealed class BridgeTime : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

        /// <summary>Time-outs come at once.</summary>
        public bool Expires { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.UtcTicks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var isPause = dueTime < Limits.ChunkTimeout;
            if (isPause || Expires)
            {
                Advance(dueTime);
                ThreadPool.QueueUserWorkItem(_ => callback(state));
            }

            return new NoTimer();
        }

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
