using System.Security.Cryptography;
using System.Text;

namespace Ingest.Engine.Tests;

/// <summary>A receiver's lake, a primary and the line between them; checks at every deletion that nothing is lost.</summary>
internal sealed class BridgeWorld : IRelayLink
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
        Bridge = Start();
    }

    public static RelayLimits Limits { get; } = new() { ChunkLinesMax = 3, ChunkBytesMax = 60, WindowMax = 4 };

    public WatchedLake Lake { get; }

    public BridgeTime Time { get; } = new();

    public Bridge Bridge { get; private set; }

    /// <summary>Of 100 calls those that go wrong.</summary>
    public int FaultPercent { get; set; }

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
        _lines[key] = [.. Enumerable.Range(0, lines).Select(line => $"{source} {hour} {seq} {line} {new string('x', _random.Next(40))}\n")];
        var bytes = GzipMember.Compress(Encoding.UTF8.GetBytes(string.Concat(_lines[key])));
        _hashes[key] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Lake.Objects.Add(key, bytes);
        return key;
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

    public ValueTask<RelayAnswer> DeliverAsync(RelayChunk chunk, CancellationToken cancellation)
    {
        Assert.Equal(Region, chunk.Region);
        if (Refused.Contains(chunk.ObjectKey))
            return new(new RelayAnswer(RelayOutcome.Refused, Detail: "no such source"));
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
            return new RelayAnswer(RelayOutcome.AlreadyDelivered);
        var accepted = lines.Count(_stored.Add);
        if (chunk.IsLast)
            _delivered.Add(chunk.ObjectKey);
        return new RelayAnswer(RelayOutcome.Stored, accepted, Duplicates: lines.Count - accepted);
    }

    private Bridge Start() => new(Lake, () => this, Region, Limits, TimeSpan.FromMinutes(5), Time, _random);

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

        public ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation) => world.IsFault()
            ? throw new LakeUnavailableException("no reading")
            : _inner.OpenReadAsync(key, cancellation);

        public async ValueTask DeleteAsync(string key, CancellationToken cancellation)
        {
            // What must hold before an object leaves.
            Assert.All(world._lines[key], line => Assert.Contains(line, world._stored));
            var record = await LakeDocument.FindAsync(_inner, LakeLayout.BridgedKey(key), RelayFormat.Default.BridgedObject, cancellation);
            Assert.NotNull(record);
            Assert.Equal((key, (long)world._lines[key].Length, world._hashes[key]), (record.Key, record.Lines, record.Sha256));
            Assert.Equal(record.Lines, record.Accepted + record.Quarantined + record.Duplicates);
            if (world.IsFault())
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

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.UtcTicks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var isPause = dueTime < Limits.ChunkTimeout;
            if (isPause)
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
