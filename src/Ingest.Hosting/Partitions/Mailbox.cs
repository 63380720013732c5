using System.Collections.Concurrent;

namespace Ingest.Hosting;

/// <summary>
/// Turns for one actor: messages posted from any thread are handled one after the other, on the thread pool, never two
/// at once. Bounded by admission: every message stands for a request in flight or for one write of the actor's own.
/// </summary>
/// <param name="work">Where turns run.</param>
/// <param name="time">Measures them.</param>
public abstract class Mailbox(IWorkScheduler work, TimeProvider time) : IThreadPoolWorkItem
{
    // A turn handles at most this many messages before it lets other actors run.
    private const int MessagesPerTurn = 512;

    private readonly ConcurrentQueue<object> _messages = new();
    private int _isScheduled;

    public void Post(object message)
    {
        _messages.Enqueue(message);
        Schedule();
    }

    void IThreadPoolWorkItem.Execute()
    {
        var began = time.GetTimestamp();
        try
        {
            for (var i = 0; i < MessagesPerTurn && _messages.TryDequeue(out var message); i++)
                Handle(message);
            EndTurn();
        }
        catch (Exception exception)
        {
            Recover(exception);
        }

        TurnTook(time.GetElapsedTime(began));

        // A full fence: the emptiness below must not be read before others can see that this turn is over.
        Interlocked.Exchange(ref _isScheduled, 0);
        if (!_messages.IsEmpty)
            Schedule();
    }

    /// <summary>Handles one message.</summary>
    protected abstract void Handle(object message);

    /// <summary>What is done once for all messages of a turn.</summary>
    protected abstract void EndTurn();

    /// <summary>How long a turn took. Must not throw.</summary>
    protected abstract void TurnTook(TimeSpan time);

    /// <summary>A turn failed: nothing in memory can be trusted any more. Must not throw.</summary>
    protected abstract void Recover(Exception exception);

    private void Schedule()
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0)
            work.Queue(this);
    }
}
