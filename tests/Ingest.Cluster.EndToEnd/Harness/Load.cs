using System.Globalization;

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// Clients that post events without a pause while a test does its worst, each request to the next silo until it is
/// answered with success, and tell an oracle what they sent and what was acknowledged.
/// </summary>
internal sealed class Load : IDisposable
{
    private const int EventsPerRequest = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly ConservationOracle _oracle;
    private readonly CancellationTokenSource _stopping = new();
    private readonly PlainClient _client;
    private readonly Task _sending;

    private Load(PlainClient client, ConservationOracle oracle, int clients)
    {
        (_client, _oracle) = (client, oracle);
        _sending = Task.WhenAll(Enumerable.Range(0, clients).Select(SendAsync));
    }

    /// <summary>Begins to send.</summary>
    /// <param name="client">Posts for all of them; disposed with the load.</param>
    /// <param name="oracle">Is told of every event and every answer.</param>
    /// <param name="clients">Requests under way at once.</param>
    public static Load Start(PlainClient client, ConservationOracle oracle, int clients = 8) => new(client, oracle, clients);

    /// <summary>Waits until so many more events were acknowledged.</summary>
    public Task MoreAsync(int events) =>
        Task.WhenAny(_oracle.Acknowledged.AtLeastAsync(_oracle.Acknowledged.Value + events, Deadline.Delivery), _sending).Unwrap();

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

    private async Task SendAsync(int client)
    {
        for (var request = 0; !_stopping.IsCancellationRequested; request++)
        {
            var events = Enumerable.Range(0, EventsPerRequest)
                .Select(i => new PlainEvent(
                    string.Create(CultureInfo.InvariantCulture, $"c{client}-r{request}-{i}"),
                    i == 0 ? PlainFlaw.Invalid : PlainFlaw.None))
                .ToArray();
            await _client.PostAsync(_oracle, events);
            await Task.Delay(Pause);
        }
    }
}
