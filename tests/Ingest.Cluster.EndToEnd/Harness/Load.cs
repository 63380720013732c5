using System.Diagnostics;
using System.Globalization;

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// Clients that post events at a steady rate while a test does its worst, each request to the next silo until it is answered
/// with success, and tell an oracle what they sent and what was acknowledged. One event of each request is invalid, and one
/// is an event of the request before, sent again.
/// </summary>
internal sealed class Load : IDisposable
{
    /// <summary>New events of a request.</summary>
    private const int EventsPerRequest = 10;

    /// <summary>Requests that each client must have brought through after a fault: most partitions got events then.</summary>
    private const int RoundsToRecover = 3;

    // Some 30 requests and 300 events a second from 9 clients.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly ConservationOracle _oracle;
    private readonly CancellationTokenSource _stopping = new();
    private readonly PlainClient _client;
    private readonly string _name;
    private readonly int _clients;
    private readonly Task _sending;
    private Round _round;

    private Load(PlainClient client, ConservationOracle oracle, int clients, string name)
    {
        (_client, _oracle, _clients, _name) = (client, oracle, clients, name);
        _client.OnFailure = Meter.Failed;
        _round = new Round(clients);
        _sending = Task.WhenAll(Enumerable.Range(0, clients).Select(SendAsync));
    }

    /// <summary>What the clients notice.</summary>
    public IntakeMeter Meter { get; } = new();

    /// <summary>Begins to send.</summary>
    /// <param name="client">Posts for all of them; disposed with the load.</param>
    /// <param name="oracle">Is told of every event and every answer.</param>
    /// <param name="clients">Requests under way at once. The clients send to the sources in turn.</param>
    /// <param name="name">Begins the ids of the events; for tests with more than one load.</param>
    public static Load Start(PlainClient client, ConservationOracle oracle, int clients = 9, string name = "c") =>
        new(client, oracle, clients, name);

    /// <summary>Waits until so many more events were acknowledged.</summary>
    public Task MoreAsync(int events) =>
        OrFailureAsync(_oracle.Acknowledged.AtLeastAsync(_oracle.Acknowledged.Value + events, Deadline.Delivery));

    /// <summary>Waits until every client has brought through some requests that it began after now.</summary>
    public async Task RecoveredAsync()
    {
        for (var i = 0; i < RoundsToRecover; i++)
        {
            var round = new Round(_clients);
            Volatile.Write(ref _round, round);
            await OrFailureAsync(round.Ended.WaitAsync(Deadline.Delivery));
        }
    }

    /// <summary>Brings a fault about, waits until the clients do not notice it any more, and prints what they noticed.</summary>
    /// <param name="what">The fault, for the test's output.</param>
    /// <param name="fault">Brings it about.</param>
    public async Task<IntakeReport> MeasureAsync(string what, Func<Task> fault)
    {
        Meter.Restart();
        await fault();
        await RecoveredAsync();
        var report = Meter.Read();
        Progress.Measured($"{what}: {report}.");
        return report;
    }

    /// <summary>Ends once everything that was sent was acknowledged.</summary>
    public async Task FinishAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
        Progress.Write($"{_oracle.Acknowledged.Value} events were acknowledged.");
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _client.Dispose();
    }

    /// <summary>Waits for something that happens while the clients send; ends with their failure where that comes first.</summary>
    private async Task OrFailureAsync(Task task)
    {
        await await Task.WhenAny(task, _sending);
        Assert.True(task.IsCompletedSuccessfully, "The clients have ended before what the test waits for.");
    }

    private async Task SendAsync(int client)
    {
        var source = TestSources.Names[client % TestSources.Names.Count];
        PlainEvent[] before = [];
        for (var request = 0; !_stopping.IsCancellationRequested; request++)
        {
            var events = NewEvents(client, request);
            foreach (var sent in events)
                _oracle.Expect(ExpectedFrom(source, sent));
            var (round, began) = (Volatile.Read(ref _round), Stopwatch.GetTimestamp());
            await _client.PostAsync([.. events, .. before.TakeLast(1)], source: source);
            foreach (var sent in events)
                _oracle.Acknowledge(sent.Id);
            Meter.Succeeded(Stopwatch.GetElapsedTime(began));
            round.Came(client);
            before = events;
            await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private PlainEvent[] NewEvents(int client, int request) =>
    [
        .. Enumerable.Range(0, EventsPerRequest).Select(i => new PlainEvent(
            string.Create(CultureInfo.InvariantCulture, $"{_name}{client}-r{request}-{i}"), i == 0 ? PlainFlaw.Invalid : PlainFlaw.None)),
    ];

    private static ExpectedEvent ExpectedFrom(string source, PlainEvent sent)
    {
        var expected = sent.Expected;
        return expected with { Difference = line => line.Source == source ? expected.Difference(line) : $"is from {line.Source}, not {source}" };
    }

    /// <summary>A wait for one request of each client.</summary>
    private sealed class Round(int clients)
    {
        private readonly Lock _gate = new();
        private readonly HashSet<int> _came = [];
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Came(int client)
        {
            lock (_gate)
            {
                if (_came.Add(client) && _came.Count == clients)
                    _ended.SetResult();
            }
        }
    }
}
