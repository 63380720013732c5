using System.Net.Sockets;
using System.Text;

namespace Ingest.Regions;

/// <summary>HAProxy's runtime API: one connection a line of commands, answered by text until it closes.</summary>
/// <param name="address">Where it listens.</param>
internal sealed class HaProxySocket(HaProxyAddress address)
{
    /// <summary>Largest answer that is read, in bytes: a backend of regions has a few lines.</summary>
    private const int AnswerBytesMax = 1 << 20;

    /// <summary>Sends commands, which HAProxy carries out in this order.</summary>
    /// <exception cref="LeverException">It cannot be reached, or its answer breaks off; whether it obeyed is not known.</exception>
    public async Task<string> AskAsync(IEnumerable<string> commands, CancellationToken cancellation)
    {
        try
        {
            using var socket = address.EndPoint is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address.EndPoint, cancellation);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join(';', commands) + "\n"), cancellation);
            return await ReadAsync(stream, cancellation);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            throw new LeverException($"HAProxy at {address} does not answer: {exception.Message}", exception);
        }
    }

    private async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (answer.Length + read > AnswerBytesMax)
                throw new LeverException($"HAProxy at {address} answered more than {AnswerBytesMax} bytes: is that its runtime API?");
            answer.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
    }
}
