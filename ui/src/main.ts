import { connect } from './backend';
import { explain, start } from './start';
import './styles/index.css';

const target = document.getElementById('app') ?? document.body;

connect()
  .then((backend) => start(backend, target))
  .catch((error: unknown) => explain(error, target));
