using System.Globalization;
using System.Web;

namespace Ingest.TestKit;

/// <summary>Browsers that ask for the tracking pixel: recorded requests, replayed with fresh event ids.</summary>
public sealed class PixelClient : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConservationOracle _oracle;
    private readonly Uri _collector;
    private readonly Retrying _http = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sending;

    private PixelClient(ConservationOracle oracle, Uri collector)
    {
        _oracle = oracle;
        _collector = collector;
        _sending = SendAllAsync(Recorded());
    }

    /// <summary>Begins to send requests, one after the other, and to tell the oracle of them.</summary>
    public static PixelClient Start(ConservationOracle oracle, Uri collector) => new(oracle, collector);

    /// <summary>Ends once the last request was answered with success.</summary>
    public async Task FinishAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _http.Dispose();
    }

    private static (string Stream, string? Rule, string Request)[] Recorded() =>
    [
        .. from line in File.ReadLines(Path.Combine(Repository.Project, "recordings", "pixels.txt"))
           where line.Length > 0 && line[0] != '#'
           let parts = line.Split('\t')
           let words = parts[0].Split(' ')
           select (words[0], words.ElementAtOrDefault(1), parts[1]),
    ];

    private async Task SendAllAsync((string Stream, string? Rule, string Request)[] recorded)
    {
        for (var n = 0; !_stopping.IsCancellationRequested; n++)
        {
            var (stream, rule, recording) = recorded[n % recorded.Length];
            var id = Guid.NewGuid().ToString();
            var request = recording.Replace("{eid}", id, StringComparison.Ordinal)
                .Replace("{n}", n.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            var address = new Uri(_collector, request);
            var sent = SnowplowPayload.FieldsOf(HttpUtility.ParseQueryString(address.Query));
            _oracle.Expect(new ExpectedEvent(id, stream, rule, line => SnowplowPayload.Difference(sent, line)));

            var pixel = await _http.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, address));
            Assert.StartsWith("GIF89a", System.Text.Encoding.Latin1.GetString(pixel), StringComparison.Ordinal);
            _oracle.Acknowledge(id);
            await Task.Delay(Pause);
        }
    }
}
