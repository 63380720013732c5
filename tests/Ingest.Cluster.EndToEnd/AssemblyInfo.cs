// Each test runs a database, several silos and clients on the few cores of a test machine: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(CrashablePostgres))]
