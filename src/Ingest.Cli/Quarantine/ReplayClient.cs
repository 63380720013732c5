using System.Net;
using System.Text.Json;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Sends lines to the replay page of a server, again and again while it cannot take them.</summary>
/// <param name="servers">Servers to ask; read anew for each try.</param>
/// <param name="isDryRun">True to have them judged alone.</param>
/// <param name="patience">How long a request is tried.</param>
internal sealed class ReplayClient(Func<IEnumerable<ServerAddress>> servers, bool isDryRun, TimeSpan patience) : IDisposable
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    private readonly AdminClient _client = new();

    /// <summary>Has lines of one source replayed.</summary>
    /// <param name="source">Their source.</param>
    /// <param name="lines">The lines, each with a line feed.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What became of each, in their order.</returns>
    /// <exception cref="ServerSilentException">No server took them, or the key that was given is wrong.</exception>
    /// <exception cref="LinesRefusedException">The server does not know their source, or cannot read them.</exception>
    /// <exception cref="ServerRefusedException">The server refuses for another reason, or gives no answer of the page.</exception>
    public async Task<IReadOnlyList<ReplayedLine>> SendAsync(
        string source, ReadOnlyMemory<byte> lines, int count, CancellationToken cancellation)
    {
        var path = $"/admin/v1/replay?source={Uri.EscapeDataString(source)}{(isDryRun ? "&dry_run=true" : "")}";
        var started = TimeProvider.System.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            string problem;
            try
            {
                var answer = await _client.AskAsync(servers(), HttpMethod.Post, path, lines, cancellation);
                if (answer is { Status: HttpStatusCode.OK } taken)
                    return Parse(taken.Body, count);
                if (answer is { Status: HttpStatusCode.NotFound or HttpStatusCode.BadRequest } unfit)
                    throw new LinesRefusedException($"The server refuses lines of {source}: {(int)unfit.Status} {unfit.Body.Trim()}");
                if (answer is { Status: not HttpStatusCode.ServiceUnavailable } refused)
                    throw new ServerRefusedException($"The server refuses lines of {source}: {(int)refused.Status} {refused.Body.Trim()}");
                problem = answer is null ? "No server listens: start one, or name one with --url." : "The server cannot store anything now.";
            }
            catch (ServerSilentException exception) when (exception is not KeyRefusedException)
            {
                problem = exception.Message;
            }

            if (TimeProvider.System.GetElapsedTime(started) > patience)
                throw new ServerSilentException(problem, null);
            await Task.Delay(Backoff.HalfJitter(Backoff.Ceiling(tries, PauseMin, PauseMax), Random.Shared), cancellation);
        }
    }

    public void Dispose() => _client.Dispose();

    private static IReadOnlyList<ReplayedLine> Parse(string body, int count)
    {
        try
        {
            var answer = JsonSerializer.Deserialize(body, ReplayJson.Default.ReplayAnswer);
            if (answer?.Lines.Count == count)
                return answer.Lines;
        }
        catch (JsonException)
        {
            // Said below: whatever it is, it is not the answer of the page.
        }

        throw new ServerRefusedException($"The server's answer does not name the {count} lines that it got.");
    }
}

/// <summary>A server answered, and will not take what was sent however often it is sent.</summary>
internal sealed class ServerRefusedException(string message) : Exception(message);

/// <summary>A server will not take these lines, however often they are sent; it may take those of other objects.</summary>
internal sealed class LinesRefusedException(string message) : Exception(message);
