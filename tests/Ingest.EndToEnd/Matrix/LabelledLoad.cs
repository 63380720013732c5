using System.Diagnostics;
using System.Globalization;

namespace Ingest.EndToEnd;

/// <summary>
/// A client that posts without end, each event with the name of the fault that it meets, so that the verdict can tell what
/// became of which. One event of each request is invalid, and one is of the request before, sent again. Measures for how
/// long nothing was acknowledged.
/// </summary>
internal sealed class LabelledLoad : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConservationOracle _oracle;
    private readonly BatchSize _size;
    private readonly PlainClient _client;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly Task _sending;
    private string _label = "before";
    private TimeSpan _longest;
    private long _lastAnswer = Stopwatch.GetTimestamp();

    private LabelledLoad(ConservationOracle oracle, Uri collector, BatchSize size)
    {
        (_oracle, _size) = (oracle, size);
        _client = new PlainClient(collector)
        {
            Patience = TimeSpan.FromSeconds(10),
            OnFailure = failed => Refused.Add(failed.Status is null ? 0 : 1),
        };
        _sending = SendAsync();
    }

    /// <summary>Tries that were answered 503. Each was tried again.</summary>
    public Counter Refused { get; } = new();

    /// <summary>Begins to send; the server need not be there yet.</summary>
    public static LabelledLoad Start(ConservationOracle oracle, Uri collector, BatchSize size) => new(oracle, collector, size);

    /// <summary>From now on events have this name.</summary>
    public void Begin(string label)
    {
        lock (_lock)
        {
            _label = label;
            _longest = TimeSpan.Zero;
            _lastAnswer = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Longest time without an acknowledgement since <see cref="Begin"/>.</summary>
    public TimeSpan LongestPause()
    {
        lock (_lock)
            return Max(_longest, Stopwatch.GetElapsedTime(_lastAnswer));
    }

    /// <summary>Waits until so many more events were acknowledged; ends with the failure of the client where that comes first.</summary>
    public async Task MoreAsync(int events)
    {
        var more = _oracle.Acknowledged.AtLeastAsync(_oracle.Acknowledged.Value + events, Deadline.Delivery);
        await await Task.WhenAny(more, _sending);
        Assert.True(more.IsCompletedSuccessfully, "The client has ended before what the test waits for.");
    }

    /// <summary>Ends once everything that was sent was acknowledged.</summary>
    public async Task FinishAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _client.Dispose();
    }

    private async Task SendAsync()
    {
        PlainEvent[] before = [];
        for (var request = 0; !_stopping.IsCancellationRequested; request++)
        {
            var events = NewEvents(request);
            foreach (var sent in events)
                _oracle.Expect(sent.Expected);
            await _client.PostAsync([.. events, .. before.TakeLast(1)]);
            foreach (var sent in events)
                _oracle.Acknowledge(sent.Id);
            Answered();
            before = events;
            await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private PlainEvent[] NewEvents(int request)
    {
        string label;
        lock (_lock)
            label = _label;
        return
        [
            .. Enumerable.Range(0, _size.EventsPerRequest()).Select(i => new PlainEvent(
                string.Create(CultureInfo.InvariantCulture, $"{label}/{request}/{i}"),
                i == 0 ? PlainFlaw.Invalid : PlainFlaw.None,
                _size.FillerBytes())),
        ];
    }

    private void Answered()
    {
        lock (_lock)
        {
            _longest = Max(_longest, Stopwatch.GetElapsedTime(_lastAnswer));
            _lastAnswer = Stopwatch.GetTimestamp();
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
